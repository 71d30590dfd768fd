import { fileURLToPath } from 'node:url';
import { describe, expect, test } from '@jest/globals';
import { packageOf, readSourceFiles } from '../helpers/sourceFiles.js';

const files = readSourceFiles(fileURLToPath(new URL('../../web/src', import.meta.url))).filter(
  ({ path }) => !path.startsWith('generated/'),
);

/** `path: what` of every import that a test refuses. */
function refused(isRefused: (from: string, path: string) => boolean): string[] {
  return files.flatMap(({ path, imports }) =>
    imports.filter(({ from }) => isRefused(from, path)).map(({ from }) => `${path}: ${from}`),
  );
}

describe('the files of the page', () => {
  test('take nothing of the gateway but its days', () => {
    expect(files.length).toBeGreaterThan(30);
    expect(refused((from) => from.startsWith('..') && from !== '../../src/dateRange')).toEqual([]);
  });

  test.each([
    ['datatables.net', /^table(View|Columns)\.ts$/],
    ['uplot', /^chart\.ts$/],
    ['meros', /^client\.ts$/],
  ])('know %s in one place', (name, place) => {
    expect(refused((from, path) => packageOf(from) === name && !place.test(path))).toEqual([]);
    expect(files.filter(({ path }) => place.test(path)).length).toBeGreaterThan(0);
  });

  test('are at most 220 lines long, and export by name', () => {
    const long = files.filter(({ text }) => text.trimEnd().split('\n').length > 220);
    expect(long.map(({ path }) => path)).toEqual([]);
    expect(files.filter(({ hasDefaultExport }) => hasDefaultExport).map(({ path }) => path)).toEqual([]);
  });

  test('write no text as HTML', () => {
    expect(files.filter(({ text }) => /innerHTML|insertAdjacentHTML|document\.write/.test(text))).toEqual([]);
  });
});
