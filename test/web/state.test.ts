import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { figures } from '../../web/src/figures.js';
import { presets } from '../../web/src/ranges.js';
import {
  changeState,
  defaultState,
  operators,
  pageSizes,
  parseState,
  printState,
  type State,
} from '../../web/src/state.js';

const ids = figures.map(({ id }) => id);
const states: fc.Arbitrary<State> = fc.record({
  view: fc.constantFrom('stats', 'sources'),
  site: fc.option(fc.stringMatching(/^[\w-]{1,10}$/)),
  range: fc.oneof(
    fc.constantFrom(...presets.map(({ preset }) => preset)),
    fc.constant({ start: '2024-02-28', end: '2024-03-01' }),
  ),
  compare: fc.constantFrom('NONE', 'PREVIOUS_PERIOD', 'PREVIOUS_YEAR'),
  sort: fc.constantFrom('name', ...ids),
  direction: fc.constantFrom('ASC', 'DESC'),
  search: fc.string(),
  filter: fc.array(
    fc.record({
      figure: fc.constantFrom(...ids),
      operator: fc.constantFrom(...(Object.keys(operators) as (keyof typeof operators)[])),
      value: fc.constantFrom('0', '-3', '12.50', '100000'),
    }),
  ),
  page: fc.integer({ min: 1, max: 400 }),
  size: fc.constantFrom(...pageSizes),
  chart: fc.constantFrom('sessions', 'activeUsers', 'pageViews'),
  interval: fc.option(fc.constantFrom('DAY', 'WEEK', 'MONTH')),
  columns: fc.subarray(ids, { minLength: 1 }),
});

describe('the URL', () => {
  test('brings every state back as it was', () => {
    fc.assert(fc.property(states, (state) => expect(parseState(printState(state))).toEqual(state)));
  });

  test('holds nothing while everything is as usual', () => {
    expect(printState(defaultState)).toBe('');
    expect(parseState('')).toEqual(defaultState);
  });

  test('says in words what differs', () => {
    const state = changeState(defaultState, {
      site: 'shop',
      range: 'TODAY',
      sort: 'partner.revenue',
      direction: 'DESC',
    });
    expect(printState(state)).toBe('?site=shop&range=today&sort=-partner.revenue');
  });

  test.each([
    '?range=yesteryear',
    '?range=2024-02-30..2024-03-01',
    '?range=2024-03-02..2024-03-01',
    '?sort=partner.secrets',
    '?page=0',
    '?page=1e9',
    '?size=7',
    '?filter=partner.orders:is:4&filter=nothing:gt:1&filter=partner.orders:gt:many',
    '?columns=nothing',
    '?chart=eventCount&interval=year&compare=next&view=secret',
  ])('means the usual where it says nonsense: %s', (query) => {
    expect(parseState(query)).toEqual(defaultState);
  });
});

describe('a change of state', () => {
  const third: State = { ...defaultState, page: 3 };

  test.each([
    { search: 'shoe' },
    { range: 'TODAY' },
    { sort: 'name' },
    { size: 50 },
    { filter: [] },
    { site: 'b' },
  ] as Partial<State>[])('to another list begins at its first page: %j', (change) =>
    expect(changeState(third, change)).toEqual({ ...third, ...change, page: 1 }),
  );

  test.each([
    { compare: 'PREVIOUS_YEAR' },
    { chart: 'pageViews' },
    { interval: 'WEEK' },
    { search: '' },
  ] as Partial<State>[])('within the list keeps the page: %j', (change) =>
    expect(changeState(third, change)).toEqual({ ...third, ...change }),
  );

  test('to a page of its own goes there', () => {
    expect(changeState(third, { sort: 'name', page: 2 }).page).toBe(2);
  });
});
