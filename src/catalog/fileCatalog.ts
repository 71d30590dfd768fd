import { unwatchFile, watchFile } from 'node:fs';
import { z } from 'zod';
import { ConfigurationError, type Problem } from '../errors.js';
import type { Report } from '../telemetry.js';
import { parseWritten, readYamlFile, type Variables, type Written } from '../yamlFile.js';
import { type Catalog, type CatalogSnapshot, createSnapshot, type Product, type Site } from './catalog.js';

const id = z.string().regex(/^[A-Za-z0-9_-]{1,64}$/, { error: 'write 1 to 64 letters, digits, _ or -' });
const key = z.string().min(1).max(2_048);

const product = z.strictObject({
  id: id.describe('Unique over the whole catalog'),
  name: z.string().min(1).describe('The name that people read'),
  googleAnalytics: z.array(key).default([]).describe("Values of the site's dimension that belong to this product"),
  partner: z.string().min(1).max(256).nullable().default(null).describe("The partner's id of this product"),
});

const site = z.strictObject({
  id: id.describe('Unique over the whole catalog'),
  name: z.string().min(1).describe('The name that people read'),
  timeZone: z.string().refine(isTimeZone, { error: 'write an IANA time zone such as Europe/Berlin' }),
  currency: z.string().regex(/^[A-Z]{3}$/, { error: 'write an ISO 4217 code such as EUR' }),
  googleAnalytics: z
    .strictObject({
      property: z.string().regex(/^\d{1,20}$/, { error: 'write the digits of the property id, in quotes' }),
      dimension: z
        .string()
        .min(1)
        .default('pagePath')
        .describe("The GA4 dimension whose values are the products' keys"),
    })
    .nullable()
    .default(null),
  partner: z
    .strictObject({ apiKey: z.string().min(1).describe("The partner's key of this site, instead of the source's") })
    .nullable()
    .default(null),
  products: z.array(product).default([]),
});

const catalogFile = z.strictObject({ sites: z.array(site) });

type CatalogFile = z.output<typeof catalogFile>;

/** A text editor saves within this time; polling works on every file system, network ones included. */
const watchIntervalMs = 1_000;

/**
 * The catalog of a YAML file. The file is watched: a valid edit replaces the whole catalog at once, a broken one is reported
 * and changes nothing.
 * @throws ConfigurationError when the file is not valid at the start.
 */
export function createFileCatalog(options: { file: string; variables: Variables; report: Report }): Catalog {
  const { file, variables, report } = options;
  let snapshot = loadCatalog(file, variables);

  function reload(): void {
    try {
      snapshot = loadCatalog(file, variables);
      report({ type: 'catalog.changed', sites: snapshot.sites.length });
    } catch (error) {
      const problems = error instanceof ConfigurationError ? error.problems : [{ file, message: 'cannot be read.' }];
      report({ type: 'catalog.rejected', problems });
    }
  }

  watchFile(file, { interval: watchIntervalMs, persistent: false }, (now, before) => {
    if (now.mtimeMs !== before.mtimeMs || now.size !== before.size) reload();
  });
  return { current: () => snapshot, close: () => unwatchFile(file) };
}

/** @throws ConfigurationError with every problem of the file. */
export function loadCatalog(file: string, variables: Variables): CatalogSnapshot {
  return readCatalog(readYamlFile(file), variables);
}

/** The same for a catalog that a program made. */
export function readCatalog(written: Written, variables: Variables): CatalogSnapshot {
  const { sites } = parseWritten(written, catalogFile, variables);
  const problems = duplicateIds(sites, written);
  if (problems.length > 0) throw new ConfigurationError(problems);
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

function duplicateIds(sites: CatalogFile['sites'], { file, lineOf }: Written): Problem[] {
  const places = [
    ...sites.map((each, s) => ({ kind: 'site', id: each.id, path: ['sites', s, 'id'] })),
    ...sites.flatMap((each, s) =>
      each.products.map(({ id: productId }, p) => ({
        kind: 'product',
        id: productId,
        path: ['sites', s, 'products', p, 'id'],
      })),
    ),
  ];
  const seen = new Set<string>();
  return places.flatMap(({ kind, id: own, path }) => {
    const name = `${kind} ${own}`;
    if (!seen.has(name)) {
      seen.add(name);
      return [];
    }
    const line = lineOf(path);
    const message = `${path.join('.')}: ${kind} id ${own} is taken already; ids are unique over the whole catalog.`;
    return [line === undefined ? { file, message } : { file, line, message }];
  });
}

function isTimeZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    return true;
  } catch {
    return false;
  }
}
