import { join } from 'node:path';
import { afterEach, expect, test } from '@jest/globals';
import { startCommand } from '../helpers/commandLine.js';
import { type CatalogFile, editYaml, type RunningGateway, startGateway } from '../helpers/gateway.js';
import { findSecrets, secretForms } from '../helpers/secretForms.js';
import { until } from '../helpers/until.js';

/** Hold what every encoding changes. */
const firstKey = 'c4n4ry/+k&y="%5C\\ü-of-the-shop';
const secondKey = 'an0th3r/+k&y="%5C\\ü-of-the-shop';

let gateway: RunningGateway;
afterEach(() => gateway.close());

const withKey = (apiKey: string) => (catalog: CatalogFile) => {
  for (const site of catalog.sites) site.partner = { apiKey };
};

/** Has the log written a line with the key in it, in each form: a comment of a query that is logged. */
async function mention(url: string, key: string): Promise<void> {
  for (const form of secretForms(key).values()) {
    const response = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ query: `# ${form}\n{ sites { id } }` }),
    });
    expect(response.status).toBe(200);
  }
}

test('the log holds no partner key of a site, neither the new one nor the old one when the catalog has changed', async () => {
  gateway = await startGateway({
    products: 1,
    configure: (file) => Object.assign(file, { log: { queries: true }, server: { ...file.server, notice: '1ms' } }),
    catalog: withKey(firstKey),
  });
  const command = startCommand(['serve', '--config', join(gateway.folder, 'gateway.yaml')]);
  const url = await command.printed(/listens on (\S+)/);
  await mention(url, firstKey);
  await editYaml<CatalogFile>(join(gateway.folder, 'catalog.yaml'), withKey(secondKey));
  await until(() => command.stderr().includes('the catalog was read again'), 'the new catalog is in use');
  await mention(url, secondKey);
  await mention(url, firstKey);
  const { stderr } = await command.end();
  // They were really about to be written; in a log of JSON the hexadecimal form and one escaped three times are not looked for.
  expect(stderr.match(/# \[secret\]/g)).toHaveLength(3 * (secretForms(firstKey).size - 2));
  const found = findSecrets(new Map([['the log', stderr]]), { 'the first key': firstKey, 'the second key': secondKey });
  expect(found.filter((text) => !text.includes('hexadecimal'))).toEqual([]);
}, 60_000);
