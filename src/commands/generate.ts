import { readFileSync, writeFileSync } from 'node:fs';
import { generateSchema } from '../schema/schema.js';
import type { Print } from './serve.js';

/** Writes what follows from the figures of a schema file into the file. */
export function generate({ file, print }: { file: string; print: Print }): void {
  const text = readFileSync(file, 'utf8');
  const generated = generateSchema({ file, text });
  if (generated !== text) writeFileSync(file, generated);
  print(generated === text ? `${file} is up to date.` : `${file} is written.`);
}
