import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { catalogJsonSchema } from '../src/catalog/fileCatalog.js';
import { gatewayJsonSchema } from '../src/config.js';

const shipped = (name: string) => JSON.parse(readFileSync(new URL(`../schemas/${name}`, import.meta.url), 'utf8'));

describe('the JSON Schemas for editors', () => {
  test('are those of the code; npm run generate writes them', () => {
    expect(shipped('gateway.schema.json')).toEqual(JSON.parse(JSON.stringify(gatewayJsonSchema())));
    expect(shipped('catalog.schema.json')).toEqual(JSON.parse(JSON.stringify(catalogJsonSchema())));
  });
});
