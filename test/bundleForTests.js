import { readdirSync, statSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { bundle } from '../bundle.js';

const root = fileURLToPath(new URL('..', import.meta.url));
const changedAt = (file) => statSync(`${root}${file}`, { throwIfNoEntry: false })?.mtimeMs ?? 0;

/** Tests that start the gateway as a process of its own start what is delivered: dist/cli.js, bundled anew where src is newer. */
// biome-ignore lint/style/noDefaultExport: Jest calls the default export.
export default async function bundleForTests() {
  const sources = readdirSync(`${root}src`, { recursive: true }).map((file) => `src/${file}`);
  const newest = Math.max(...['src', ...sources, 'package-lock.json', 'bundle.js'].map(changedAt));
  if (changedAt('dist/cli.js') <= newest) await bundle();
}
