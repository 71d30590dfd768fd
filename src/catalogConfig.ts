import { z } from 'zod';
import { duration } from './units.js';

const postgresUrl = z.url({
  protocol: /^postgres(ql)?$/,
  error: 'write a whole URL, postgres://USER:PASSWORD@HOST:PORT/DATABASE',
});

const postgres = z.strictObject({
  url: postgresUrl.describe('Where the database is; a user who may only read is enough'),
  sites: z.string().min(1).describe('SQL that answers with one row for each site'),
  products: z
    .string()
    .min(1)
    .describe('SQL that answers with one row for each product; with $1 it is asked once for each site, $1 is its id'),
  refresh: duration.prefault('5m').describe('How often both are asked again; products seldom change faster'),
  timeout: duration
    .prefault('30s')
    .describe('How long connecting may take, and the next 5,000 rows; a query that takes longer wants an index'),
});

const bothKeys = z.strictObject({
  file: z.string().min(1).nullable().default(null).describe('The file that lists sites and products'),
  postgres: postgres.nullable().default(null),
});

/** The key `catalog` of gateway.yaml: a file or a database. */
export const catalogKeys = bothKeys.transform((keys, context) => {
  const { file, postgres: database } = keys;
  if (file !== null && database === null) return { file, postgres: database };
  if (file === null && database !== null) return { file, postgres: database };
  // A misspelt key is told already, with what was meant.
  if (context.issues.length > 0) return z.NEVER;
  const message = 'say where sites and products come from; write file or postgres, one of the two';
  context.issues.push({ code: 'custom', input: keys, message });
  return z.NEVER;
});

export type PostgresConfig = Readonly<z.output<typeof postgres>>;
/** Sites and products come from one of the two. */
export type CatalogConfig = Readonly<{ file: string; postgres: null } | { file: null; postgres: PostgresConfig }>;
