import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vite';
import { graphiqlFiles } from './graphiqlFiles.js';
import { precompress } from './precompress.js';

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));

/** The explorer at /graphiql: GraphiQL from the gateway alone, under a strict Content-Security-Policy. */
export default defineConfig({
  root: here('.'),
  publicDir: false,
  // The last build of the pages packs the files of both.
  plugins: [graphiqlFiles(), precompress(here('../../dist/web/assets'))],
  // What the server puts the nonce of each response in place of.
  html: { cspNonce: 'nonce-of-the-response' },
  build: {
    outDir: here('../../dist/web'),
    // The stats page is there already.
    emptyOutDir: false,
    target: 'es2022',
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    // GraphiQL is one file of 5 MB, and nobody waits for it but developers.
    chunkSizeWarningLimit: 6_000,
    rolldownOptions: { input: here('graphiql.html'), checks: { pluginTimings: false } },
  },
});
