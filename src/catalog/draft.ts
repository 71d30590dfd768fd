import { z } from 'zod';
import { ConfigurationError, type Problem } from '../errors.js';
import { type CatalogSnapshot, createSnapshot, type Product, type Site } from './catalog.js';
import { createRowReader, type Page, type ProductRow, productShape, type SiteRow, siteShape } from './rows.js';
import { type CatalogRules, reasons, usualDimension } from './rules.js';

/** A catalog in the making, out of a database's rows. */
export interface Draft {
  /** Takes the pages of the sites. */
  sites(): (page: Page) => void;
  /** Every id that the sites have, whatever else is wrong with them: their products can be asked for, and have no problem by that. */
  siteIds(): string[];
  /** Takes the pages of products: of this site, or of all at once (null), where each row says its own. */
  products(siteId: string | null): (page: Page) => void;
  /** @throws ConfigurationError with the problems of all rows. */
  finish(): CatalogSnapshot;
}

/** So that one mistake in the SQL does not fill the log with a line for each product. */
const mostProblems = 20;
const noKeys: readonly string[] = [];

/** Holds rows to the rules that a catalog file is held to. `file` is where the SQL stands. */
export function createDraft({ file, ...rules }: CatalogRules & { file: string }): Draft {
  const sites = new Map<string, Site | null>();
  const products = new Map<string, Product>();
  const problems: Problem[] = [];
  let untold = 0;

  function tell(problem: string): void {
    if (problems.length < mostProblems) problems.push({ file, message: `catalog.postgres.${problem}` });
    else untold += 1;
  }

  return {
    sites() {
      const read = createRowReader(siteShape(rules), { name: 'sites' }, tell);
      return (page) => {
        const good = read(page);
        for (const id of idsOf(page)) sites.set(id, sites.get(id) ?? null);
        for (const { row, tell: tellOfRow } of good) {
          if (sites.get(row.id)) tellOfRow(reasons.taken('site', row.id));
          else sites.set(row.id, toSite(row));
        }
      };
    },
    siteIds: () => [...sites.keys()],
    products(siteId) {
      const known = z.string().refine((id) => sites.has(id), { error: 'the catalog has no such site' });
      const same = z.literal(siteId, { error: 'must be the site that $1 names' }).optional();
      const of = siteId === null ? '' : ` of site ${JSON.stringify(siteId.slice(0, 64))}`;
      const shape = productShape(rules, siteId === null ? known : same);
      const read = createRowReader(shape, { name: 'products', of }, tell);
      return (page) => {
        for (const { row, tell: tellOfRow } of read(page)) {
          if (products.has(row.id)) tellOfRow(reasons.taken('product', row.id));
          // The site's own text, instead of one more for each product.
          products.set(row.id, toProduct(row, sites.get(siteId ?? row.site ?? '')?.id ?? ''));
        }
      };
    },
    finish() {
      if (untold > 0) problems.push({ file, message: `catalog.postgres: and ${untold.toLocaleString('en')} more.` });
      if (problems.length > 0) throw new ConfigurationError(problems);
      return createSnapshot(
        [...sites.values()].filter((site) => site !== null),
        [...products.values()],
      );
    },
  };
}

function idsOf({ rows }: Page): string[] {
  return rows.map(({ id }) => id).filter((id) => typeof id === 'string');
}

function toSite(row: SiteRow): Site {
  const { id, name, time_zone: timeZone, currency, google_property: property, google_dimension: dimension } = row;
  return {
    id,
    name,
    timeZone,
    currency,
    googleAnalytics: property == null ? null : { property, dimension: dimension ?? usualDimension },
    partnerApiKey: row.partner_api_key ?? null,
  };
}

function toProduct({ id, name, google_keys: keys, partner_id: partnerId }: ProductRow, siteId: string): Product {
  return { id, name, siteId, googleAnalyticsKeys: distinctKeys(keys ?? []), partnerId: partnerId ?? null };
}

/** A join that finds nothing makes a list that holds null. */
function distinctKeys(keys: readonly (string | null)[]): readonly string[] {
  const distinct = new Set(keys.filter((key) => key !== null));
  return distinct.size === 0 ? noKeys : [...distinct];
}
