import { readFileSync } from 'node:fs';

/** @throws Error that says what the file should be. */
export function readOperation(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    throw new Error(`${file} cannot be read; it should be a file with one GraphQL operation.`);
  }
}
