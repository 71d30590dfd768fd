import { mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'rolldown';

const root = fileURLToPath(new URL('.', import.meta.url));

/**
 * Bundles the gateway with the packages that it uses into a few files of dist/: Node would spend most of a start on finding and
 * opening thousands of small ones. What is imported lazily stays in files of its own. Nothing is minified: stack traces are read.
 */
export async function bundle() {
  mkdirSync(join(root, 'dist'), { recursive: true });
  // dist/web is another build's.
  for (const name of readdirSync(join(root, 'dist'))) {
    if (name !== 'web') rmSync(join(root, 'dist', name), { recursive: true });
  }
  await build({
    cwd: root,
    input: 'src/cli.ts',
    platform: 'node',
    // The native half of pg, which nobody installs.
    external: ['pg-native'],
    // Every package is met in one form only, the one that Node itself would load.
    resolve: { mainFields: ['main'] },
    plugins: [licenses()],
    output: {
      dir: 'dist',
      format: 'esm',
      // All side by side: src/packageRoot.ts counts on it.
      entryFileNames: '[name].js',
      chunkFileNames: ({ facadeModuleId, name }) => `${packageOf(facadeModuleId)?.replaceAll('/', '-') ?? name}.js`,
    },
  });
}

const inPackage = /^(.*\/node_modules\/)((?:@[^/]+\/)?[^/]+).*$/s;
const packageOf = (id) => inPackage.exec(id ?? '')?.[2];

/** The texts under which the bundled packages may be passed on. */
function licenses() {
  return {
    name: 'licenses',
    generateBundle(_options, bundle) {
      const folders = Object.values(bundle)
        .flatMap(({ moduleIds = [] }) => moduleIds)
        .filter(packageOf)
        .map((id) => id.replace(inPackage, '$1$2'));
      const source = [...new Set(folders)]
        .sort()
        .map(licenseOf)
        .join(`\n${'-'.repeat(80)}\n\n`);
      this.emitFile({ type: 'asset', fileName: 'LICENSES.txt', source });
    },
  };
}

function licenseOf(folder) {
  const { name, version, license } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  const files = readdirSync(folder, { withFileTypes: true }).filter(
    (file) => file.isFile() && /^(licen[cs]e|notice)/i.test(file.name),
  );
  const texts = files.map((file) => readFileSync(join(folder, file.name), 'utf8').trim());
  return `${[`${name} ${version} (${license})`, ...texts].join('\n\n')}\n`;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await bundle();
