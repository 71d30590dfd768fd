import { unwatchFile, watchFile } from 'node:fs';
import { z } from 'zod';
import { ConfigurationError, type Problem } from '../errors.js';
import type { Report } from '../telemetry.js';
import { parseWritten, readYamlFile, type Variables } from '../yamlFile.js';
import type { Written } from '../yamlText.js';
import { type Catalog, type CatalogSnapshot, createSnapshot, type Product, type Site } from './catalog.js';
import { type CatalogRules, partnerIdTest, parts, reasons, usualDimension } from './rules.js';

const product = z.strictObject({
  id: parts.id.describe('Unique over the whole catalog'),
  name: parts.name.describe('The name that people read'),
  googleAnalytics: z
    .array(parts.key)
    .default([])
    .describe("Values of the site's dimension that belong to this product"),
  partner: parts.partnerId.nullable().default(null).describe("The partner's id of this product"),
});

const site = z.strictObject({
  id: parts.id.describe('Unique over the whole catalog'),
  name: parts.name.describe('The name that people read'),
  timeZone: parts.timeZone,
  currency: parts.currency,
  googleAnalytics: z
    .strictObject({
      property: parts.property,
      dimension: parts.dimension
        .default(usualDimension)
        .describe("The GA4 dimension whose values are the products' keys"),
    })
    .nullable()
    .default(null),
  partner: z
    .strictObject({ apiKey: parts.partnerApiKey.describe("The partner's key of this site, instead of the source's") })
    .nullable()
    .default(null),
  products: z.array(product).default([]),
});

const catalogFile = z.strictObject({ sites: z.array(site) });

type CatalogFile = z.output<typeof catalogFile>;

/** A text editor saves within this time; polling works on every file system, network ones included. */
const watchIntervalMs = 1_000;

export interface FileCatalogOptions extends CatalogRules {
  file: string;
  /** What `${NAME}` stands for in it. */
  variables: Variables;
  report: Report;
}

/**
 * The catalog of a YAML file. The file is watched: a valid edit replaces the whole catalog at once, a broken one is reported
 * and changes nothing.
 * @throws ConfigurationError when the file is not valid at the start.
 */
export function createFileCatalog({ report, ...options }: FileCatalogOptions): Catalog {
  const { file } = options;
  let snapshot = loadCatalog(options);

  function reload(): void {
    try {
      snapshot = loadCatalog(options);
      report({ type: 'catalog.changed', sites: snapshot.sites.length });
    } catch (error) {
      const problems = error instanceof ConfigurationError ? error.problems : [{ file, message: 'cannot be read.' }];
      report({ type: 'catalog.rejected', problems });
    }
  }

  watchFile(file, { interval: watchIntervalMs, persistent: false }, (now, before) => {
    if (now.mtimeMs !== before.mtimeMs || now.size !== before.size) reload();
  });
  return { current: () => snapshot, close: async () => unwatchFile(file) };
}

/** @throws ConfigurationError with every problem of the file. */
function loadCatalog({ file, variables, ...rules }: Omit<FileCatalogOptions, 'report'>): CatalogSnapshot {
  const written = readYamlFile(file);
  const problems = [...duplicateIds(written), ...wrongPartnerIds(written, rules)];
  if (!rules.sendsPartnerKey) problems.push(...uselessKeys(written));
  const { sites } = parseWritten(written, catalogFile, variables, problems);
  return createSnapshot(
    sites.map(toSite),
    sites.flatMap(({ id: siteId, products }) => products.map((each) => toProduct(siteId, each))),
  );
}

/** The JSON Schema of catalog.yaml, for editors. */
export function catalogJsonSchema(): object {
  return z.toJSONSchema(catalogFile, { io: 'input', unrepresentable: 'any' });
}

function toSite({
  id: siteId,
  name,
  timeZone,
  currency,
  googleAnalytics,
  partner,
}: CatalogFile['sites'][number]): Site {
  return { id: siteId, name, timeZone, currency, googleAnalytics, partnerApiKey: partner?.apiKey ?? null };
}

function toProduct(
  siteId: string,
  { id: productId, name, googleAnalytics, partner }: z.output<typeof product>,
): Product {
  return { id: productId, name, siteId, googleAnalyticsKeys: [...new Set(googleAnalytics)], partnerId: partner };
}

interface WrittenItem {
  readonly path: readonly PropertyKey[];
  readonly value: Record<string, unknown>;
}

/** The items of a list as they were written, whatever else is wrong with the file. */
function itemsOf(value: unknown, name: string, path: readonly PropertyKey[]): WrittenItem[] {
  const list = typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[name] : undefined;
  if (!Array.isArray(list)) return [];
  return list.flatMap((item: unknown, index) =>
    typeof item === 'object' && item !== null
      ? [{ path: [...path, name, index], value: item as Record<string, unknown> }]
      : [],
  );
}

function duplicateIds(written: Written): Problem[] {
  const sites = itemsOf(written.value, 'sites', []);
  const products = sites.flatMap(({ value, path }) => itemsOf(value, 'products', path));
  return [...repeated('site', sites), ...repeated('product', products)].map(({ kind, path, value }) =>
    problemAt(written, [...path, 'id'], reasons.taken(kind, value['id'])),
  );
}

function repeated(kind: 'site' | 'product', items: readonly WrittenItem[]) {
  const seen = new Set<unknown>();
  return items
    .filter(({ value: { id: own } }) => own !== undefined && (seen.has(own) || !seen.add(own)))
    .map((item) => ({ kind, ...item }));
}

function wrongPartnerIds(written: Written, rules: CatalogRules): Problem[] {
  const isPartnerId = partnerIdTest(rules);
  return itemsOf(written.value, 'sites', [])
    .flatMap(({ value, path }) => itemsOf(value, 'products', path))
    .filter(({ value: { partner } }) => typeof partner === 'string' && !isPartnerId(partner))
    .map(({ path }) => problemAt(written, [...path, 'partner'], reasons.partnerId(rules)));
}

function uselessKeys(written: Written): Problem[] {
  return itemsOf(written.value, 'sites', [])
    .filter(({ value: { partner } }) => partner !== undefined && partner !== null)
    .map(({ path }) => problemAt(written, [...path, 'partner'], reasons.uselessKey));
}

function problemAt({ file, lineOf }: Written, path: readonly PropertyKey[], reason: string): Problem {
  const line = lineOf(path);
  const message = `${path.join('.')}: ${reason}`;
  return line === undefined ? { file, message } : { file, line, message };
}
