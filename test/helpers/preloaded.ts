import { fileURLToPath } from 'node:url';

/** The environment of a command into which a file of test/fixtures/preload is loaded before anything else; Node's other options stay. */
export function preloaded(name: string, environment: Record<string, string> = {}): Record<string, string> {
  const file = fileURLToPath(new URL(`../fixtures/preload/${name}.mjs`, import.meta.url));
  return { ...environment, NODE_OPTIONS: `--import=${file} ${environment['NODE_OPTIONS'] ?? ''}` };
}
