import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { buildASTSchema, isEnumType, isObjectType, parse } from 'graphql';
import { describeFigure, figures } from '../../web/src/figures.js';
import * as documents from '../../web/src/generated/graphql.js';

const schema = buildASTSchema(parse(readFileSync(new URL('../../schema.graphql', import.meta.url), 'utf8')));

describe('the figures of the page', () => {
  test('are those that the schema can order by', () => {
    const order = schema.getType('ProductOrderField');
    if (!isEnumType(order)) throw new Error('The schema has no ProductOrderField.');
    const paths = order.getValues().flatMap(({ name, description }) => (name === 'NAME' ? [] : [[name, description]]));
    expect(figures.map(({ orderBy, id }) => [orderBy, id])).toEqual(paths);
  });

  test.each([
    ['GoogleFigures', documents.GoogleFiguresFragmentDoc, 'GoogleAnalyticsSummary', 'googleAnalytics'],
    ['PartnerFigures', documents.PartnerFiguresFragmentDoc, 'PartnerSummary', 'partner'],
    ['CombinedFigures', documents.CombinedFiguresFragmentDoc, 'CombinedSummary', 'combined'],
  ])('are all asked for by %s', (_, document, typeName, source) => {
    const asked = String(document).split(/\s+/);
    const type = schema.getType(typeName);
    if (!isObjectType(type)) throw new Error(`The schema has no ${typeName}.`);
    const names = figures.filter((figure) => figure.source === source).map(({ name }) => name);
    expect(names.filter((name) => !(name in type.getFields()))).toEqual([]);
    expect(names.filter((name) => !asked.includes(name))).toEqual([]);
  });

  test('are additive where the schema has totals of them', () => {
    const totals = ['GoogleAnalyticsTotals', 'PartnerTotals'].flatMap((name) => {
      const type = schema.getType(name);
      const source = name.startsWith('Google') ? 'googleAnalytics' : 'partner';
      return isObjectType(type) ? Object.keys(type.getFields()).map((field) => `${source}.${field}`) : [];
    });
    const known = figures.filter(({ id }) => totals.includes(id));
    expect(figures.filter(({ isAdditive }) => isAdditive)).toEqual(known);
    expect(known.length).toBeGreaterThan(3);
  });

  test('show also when nobody has written anything about them', () => {
    expect(describeFigure('PARTNER_RETURNED_ITEMS' as 'PARTNER_ORDERS')).toMatchObject({
      id: 'partner.returnedItems',
      source: 'partner',
      label: 'Returned items',
      format: 'count',
      isAdditive: false,
    });
  });
});
