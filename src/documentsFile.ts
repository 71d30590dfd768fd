// Beside app.ts because `check` needs it without an app: reads the file of trusted documents, against schema and limits.
import { readFileSync } from 'node:fs';
import type { GraphQLSchema } from 'graphql';
import type { Config } from './config.js';
import { ConfigurationError } from './errors.js';
import type { SchemaFile } from './schema/schema.js';
import { documentRules } from './server/apollo.js';
import { createTrustedDocuments, readDocuments, type TrustedDocuments } from './server/trustedDocuments.js';

/**
 * null = none are configured.
 * @throws ConfigurationError with every problem of every document.
 */
export function loadDocuments({ documents, limits }: Config, schema: GraphQLSchema): TrustedDocuments | null {
  if (!documents) return null;
  const { file, mode } = documents;
  return createTrustedDocuments(readDocuments({ file, text: readText(file) }, schema, documentRules(limits)), mode);
}

/** The same, only to see whether something is wrong. */
export function checkDocuments(config: Config, { schema }: SchemaFile): void {
  loadDocuments(config, schema);
}

function readText(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    throw new ConfigurationError([{ file, message: 'the file of documents cannot be read; check the path.' }]);
  }
}
