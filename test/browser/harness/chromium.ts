import { type Browser, chromium } from 'playwright-core';

/**
 * Starts the Chromium that comes with npm, so that nothing has to be installed on the machine. It is unpacked into the
 * temporary folder once. CHROMIUM names another one, where that one does not run: it is made for Linux on x64.
 */
export async function launchChromium(): Promise<Browser> {
  const executablePath = process.env['CHROMIUM'] ?? (await unpackChromium());
  return chromium
    .launch({
      executablePath,
      // The package's own arguments are for cloud functions: they switch off what browsers check, such as the same origin.
      // Without its sandbox it runs as root and in containers; it opens no page but ours.
      args: ['--no-sandbox', '--disable-dev-shm-usage'],
      env: definedOnly(process.env),
    })
    .catch((cause: unknown) => {
      throw new Error(`${executablePath} does not start. Install Chromium or Chrome, and name it: CHROMIUM=…`, {
        cause,
      });
    });
}

async function unpackChromium(): Promise<string> {
  // Unpacks the libraries (NSS, expat) and the font that a bare system lacks as well; read when the package is imported.
  process.env['AWS_LAMBDA_JS_RUNTIME'] ??= 'nodejs20.x';
  const { default: packed } = await import('@sparticuz/chromium');
  return packed.executablePath();
}

function definedOnly(environment: NodeJS.ProcessEnv): Record<string, string> {
  return Object.fromEntries(Object.entries(environment).filter((entry): entry is [string, string] => !!entry[1]));
}
