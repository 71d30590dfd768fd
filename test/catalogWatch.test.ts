import { readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { hashSecret } from '../src/server/accessKeys.js';
import { type CatalogFile, editYaml, type RunningGateway, startGateway } from './helpers/gateway.js';
import { until } from './helpers/until.js';

let gateway: RunningGateway;
let file: string;
let original: string;

beforeAll(async () => {
  gateway = await startGateway({ products: 2 });
  file = join(gateway.folder, 'catalog.yaml');
  original = await readFile(file, 'utf8');
});
afterAll(() => gateway.close());

const nameOf = async () => {
  const { data } = await gateway.ask<{ product: { name: string } | null }>(
    '{ product(id: "shop-red-shoe-1") { name } }',
  );
  return data.product?.name;
};
const named = (name: string) => original.replace('name: Red Shoe 1', `name: ${name}`);
const rejections = () => gateway.events.flatMap((event) => (event.type === 'catalog.rejected' ? [event.problems] : []));

test('an edit is served without a restart', async () => {
  expect(await nameOf()).toBe('Red Shoe 1');
  await writeFile(file, named('Crimson Shoe'));
  await until(async () => (await nameOf()) === 'Crimson Shoe', 'the new name is served');
  expect(gateway.events).toContainEqual({ type: 'catalog.changed', sites: 1 });
});

test('a broken edit changes nothing and says what is wrong, with its line', async () => {
  const broken = named('Broken Shoe').replace('id: shop-blue-bag-1', 'id: shop blue bag');
  await writeFile(file, broken);
  await until(() => rejections().length > 0, 'the edit is rejected');
  const line = broken.split('\n').findIndex((text) => text.includes('shop blue bag')) + 1;
  expect(rejections()).toEqual([[{ file, line, message: expect.stringContaining('sites.0.products.1.id') }]]);
  expect(await nameOf()).toBe('Crimson Shoe');
  const { data } = await gateway.ask('{ product(id: "shop-blue-bag-1") { id } }');
  expect(data).toEqual({ product: { id: 'shop-blue-bag-1' } });
});

test('the next good edit heals it, also one that replaces the file', async () => {
  await writeFile(`${file}.new`, named('Healed Shoe'));
  await rename(`${file}.new`, file);
  await until(async () => (await nameOf()) === 'Healed Shoe', 'the healed catalog is served');
  expect(rejections()).toHaveLength(1);
});

test('an edit that takes away a site which the configuration names is served, and warned of', async () => {
  const hash = hashSecret('the-secret-of-page');
  const configured = await startGateway({
    products: 2,
    sites: 2,
    configure: (own) => Object.assign(own, { access: { keys: [{ id: 'page', hash, sites: ['outlet'] }] } }),
  });
  try {
    await editYaml(join(configured.folder, 'catalog.yaml'), (catalog: CatalogFile) => {
      catalog.sites = catalog.sites.filter(({ id }) => id !== 'outlet');
    });
    await until(() => configured.events.some(({ type }) => type === 'catalog.changed'), 'the edit is served');
    expect(configured.events).toContainEqual({
      type: 'server.notice',
      message: `${join(configured.folder, 'gateway.yaml')}: access.keys: page: the catalog has no site outlet.`,
    });
  } finally {
    await configured.close();
  }
});
