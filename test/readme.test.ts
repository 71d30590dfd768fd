import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { renderColumnTable, renderConfigTable, renderErrorTable } from './helpers/readmeTables.js';

const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8');
const scripts = (
  JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as { scripts: Record<string, string> }
).scripts;

describe('README', () => {
  test('lists every error code as the code has it', () => {
    expect(readme).toContain(renderErrorTable());
  });

  test('lists every key of the configuration with its default, as the code has it', () => {
    expect(readme).toContain(renderConfigTable());
  });

  test('lists every column of a catalog in a database, as the code has it', () => {
    expect(readme).toContain(renderColumnTable());
  });

  test('names only scripts that exist', () => {
    const named = [...readme.matchAll(/npm run ([a-z:]+)/g)].map(([, name]) => name ?? '');
    expect(named.filter((name) => !(name in scripts))).toEqual([]);
    expect(named.length).toBeGreaterThan(3);
  });

  test('names only files that exist', () => {
    const named = [...readme.matchAll(/\]\(([^)#:]+)\)/g)].map(([, path]) => path ?? '');
    for (const path of named) expect(() => readFileSync(new URL(`../${path}`, import.meta.url))).not.toThrow();
    expect(named.length).toBeGreaterThan(3);
  });
});
