import { describe, expect, test } from '@jest/globals';
import { type Answer, addPart, nothingYet } from '../../web/src/answer.js';

interface Data {
  site: { nodes: { id: string; googleAnalytics?: { pageViews: number }; partner?: { orders: number } | null }[] };
}

const first = {
  data: { site: { nodes: [{ id: 'a', googleAnalytics: { pageViews: 1 } }, { id: 'b' }] } },
  hasNext: true,
};

describe('an answer in parts', () => {
  test('grows by what comes, at its place, and is whole when nothing follows', () => {
    const start: Answer<Data> = addPart<Data>(nothingYet, first);
    expect(start).toEqual({ data: first.data, failures: [], isWhole: false });
    const next = addPart(start, {
      hasNext: false,
      incremental: [
        { path: ['site', 'nodes', 1], data: { partner: { orders: 2 } } },
        { path: ['site', 'nodes', 0], data: { partner: { orders: 1 } } },
      ],
    });
    expect(next.isWhole).toBe(true);
    expect(next.data?.site.nodes).toEqual([
      { id: 'a', googleAnalytics: { pageViews: 1 }, partner: { orders: 1 } },
      { id: 'b', partner: { orders: 2 } },
    ]);
  });

  test('leaves what came before as it was, for whoever still shows it', () => {
    const start = addPart<Data>(nothingYet, first);
    addPart(start, { incremental: [{ path: ['site', 'nodes', 0], data: { partner: null } }] });
    expect(start.data?.site.nodes[0]).toEqual({ id: 'a', googleAnalytics: { pageViews: 1 } });
  });

  test('adds fields to an object that is there already', () => {
    const data = { incremental: [{ path: ['site', 'nodes', 0], data: { googleAnalytics: { sessions: 2 } } }] };
    const { data: grown } = addPart(addPart<Data>(nothingYet, first), data);
    expect(grown?.site.nodes[0]?.googleAnalytics).toEqual({ pageViews: 1, sessions: 2 });
  });

  test('gathers the failures of all parts, also of a part that brings nothing else', () => {
    const one = { message: 'one', path: ['site', 'nodes', 0, 'partner'] };
    const two = { message: 'two', path: ['site', 'nodes', 1, 'partner'] };
    const start = addPart<Data>(nothingYet, { ...first, errors: [one] });
    const end = addPart(start, {
      hasNext: false,
      incremental: [{ path: ['site', 'nodes', 1], data: null, errors: [two] }],
    });
    expect(end.failures).toEqual([one, two]);
    expect(end.data).toEqual(start.data);
  });

  test('is whole at once where it comes as one', () => {
    expect(addPart<Data>(nothingYet, { data: first.data }).isWhole).toBe(true);
  });
});
