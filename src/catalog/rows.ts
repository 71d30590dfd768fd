import { z } from 'zod';
import { suggestion } from '../suggestion.js';
import { type CatalogRules, partnerIdTest, parts, reasons } from './rules.js';

/** Some of the rows that a query answers with. Values are texts as the database writes them, lists of such texts, or null. */
export interface Page {
  readonly columns: readonly string[];
  readonly rows: readonly Row[];
}

export type Row = Readonly<Record<string, unknown>>;

/** The columns that the company's SQL answers with for sites. A column may be left out where null is allowed in it. */
export function siteShape({ sendsPartnerKey }: Pick<CatalogRules, 'sendsPartnerKey'>) {
  return z.object({
    id: parts.id.describe('unique over the whole catalog'),
    name: parts.name.describe('what people read'),
    time_zone: parts.timeZone.describe('IANA name, such as Europe/Berlin'),
    currency: parts.currency.describe('ISO 4217, such as EUR'),
    google_property: parts.property
      .nullish()
      .describe('digits of the GA4 property; null = Google does not know the site'),
    google_dimension: parts.dimension.nullish().describe("GA4 dimension with the products' keys; null = pagePath"),
    partner_api_key: parts.partnerApiKey
      .refine(() => sendsPartnerKey, { error: reasons.uselessKey })
      .nullish()
      .describe("partner's key of this site alone; null = the source's"),
  });
}

/** The same for products. */
export function productShape<S extends z.ZodType<string | null | undefined>>(rules: CatalogRules, site: S) {
  return z.object({
    id: parts.id.describe('unique over the whole catalog'),
    name: parts.name.describe('what people read'),
    site: site.describe('id of its site; may be left out where the SQL has $1'),
    google_keys: z
      .array(parts.key.nullable(), { error: 'must be an array of text, such as array_agg(path)' })
      .nullish()
      .describe("text[], values of the site's dimension; null or empty = Google does not know the product"),
    partner_id: parts.partnerId
      .refine(partnerIdTest(rules), { error: reasons.partnerId(rules) })
      .nullish()
      .describe('null = the partner does not know the product'),
  });
}

export type SiteRow = z.output<ReturnType<typeof siteShape>>;
export type ProductRow = z.output<ReturnType<typeof productShape>>;

/** A row that has its form, and how to tell what else is wrong with it. */
export interface ReadRow<T> {
  readonly row: T;
  tell(reason: string): void;
}

/**
 * Reads the pages of one query's answer: gives the rows that have the shape, and tells about the columns and about every
 * other row, by its number from 1 and its id.
 */
export function createRowReader<S extends z.ZodObject>(
  shape: S,
  table: { name: string; of?: string },
  tell: (problem: string) => void,
): (page: Page) => ReadRow<z.output<S>>[] {
  const of = table.of ?? '';
  let wrongColumns: string[] | undefined;
  let before = 0;

  return ({ columns, rows }) => {
    if (!wrongColumns) {
      wrongColumns = columnProblems(shape, columns);
      for (const reason of wrongColumns) tell(`${table.name}${of}: ${reason}`);
    }
    const first = before + 1;
    before += rows.length;
    if (wrongColumns.length > 0) return [];
    return rows.flatMap((row, index) => {
      const tellOfRow = (reason: string) =>
        tell(`${table.name} row ${first + index}${of} (${shownId(row)}): ${reason}`);
      const { data, error } = shape.safeParse(row);
      for (const issue of error?.issues ?? []) tellOfRow(reasonOf(issue, row));
      return data ? [{ row: data, tell: tellOfRow }] : [];
    });
  };
}

/** What is wrong with the columns of an answer. One that is not known is refused: it may be a misspelt one that may be left out. */
export function columnProblems(shape: z.ZodObject, columns: readonly string[]): string[] {
  const known = Object.keys(shape.shape);
  const missing = known.filter((name) => isRequired(shape.shape[name]) && !columns.includes(name));
  const unknown = columns.filter((name) => !known.includes(name));
  const twice = columns.filter((name, index) => columns.indexOf(name) !== index);
  const there = columns.length > 0 ? `there are ${columns.join(', ')}` : 'there is none';
  return [
    ...missing.map((name) => `the column ${name} is missing; ${there}.`),
    ...unknown.map((name) => `the column ${name} is not known${suggestion(name, known)}`),
    ...twice.map((name) => `the column ${name} is there twice.`),
  ];
}

/** Every column with its meaning, for README. */
export function describeColumns(): { table: string; column: string; isRequired: boolean; meaning: string }[] {
  const rules = { partnerIdPattern: '', sendsPartnerKey: true };
  const shapes: Record<string, z.ZodObject> = { sites: siteShape(rules), products: productShape(rules, z.string()) };
  return Object.entries(shapes).flatMap(([table, { shape }]) =>
    Object.entries(shape).map(([column, part]) => ({
      table,
      column,
      isRequired: isRequired(part),
      meaning: (part as z.ZodType).description ?? '',
    })),
  );
}

function isRequired(part: unknown): boolean {
  return !(part as z.ZodType).safeParse(undefined).success;
}

function reasonOf({ path: [column], message }: z.core.$ZodIssue, row: Row): string {
  const name = String(column);
  return `${name}: ${row[name] === null ? 'must not be null' : message}`;
}

/** Ids are the only thing that is ever shown of a row. */
function shownId({ id }: Row): string {
  return typeof id === 'string' ? `id ${JSON.stringify(id.slice(0, 64))}` : 'without id';
}
