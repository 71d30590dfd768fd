import { readFileSync, writeFileSync } from 'node:fs';
import { generateSchema } from '../schema/schema.js';
import type { Print } from './serve.js';

/**
 * Writes what follows from the figures of a schema file into the file.
 * @throws Error when it cannot be read; ConfigurationError with every figure that is none.
 */
export function generate({ file, print }: { file: string; print: Print }): void {
  const text = readSchemaFile(file);
  const generated = generateSchema({ file, text });
  if (generated !== text) writeFileSync(file, generated);
  print(generated === text ? `${file} is up to date.` : `${file} is written.`);
}

function readSchemaFile(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    throw new Error(`${file} cannot be read; it should be a schema file such as schema.graphql.`);
  }
}
