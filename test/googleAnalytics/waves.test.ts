import { afterEach, describe, expect, test } from '@jest/globals';
import type { GatewayOptions } from '../helpers/gateway.js';
import { warningsDuring } from '../helpers/realProcess.js';
import { type AskedReport, type RecordedGateway, startRecordedGateway } from '../helpers/recordedGateway.js';
import { until } from '../helpers/until.js';

const started: RecordedGateway[] = [];
afterEach(async () => {
  for (const each of started.splice(0)) await each.close();
});

async function ownGateway(options: GatewayOptions): Promise<RecordedGateway> {
  const gateway = await startRecordedGateway(options);
  started.push(gateway);
  return gateway;
}

const week = { start: '2026-03-02', end: '2026-03-08' };
const on = ({ start, end }: typeof week) => `(range: { start: "${start}", end: "${end}" })`;
const metricsOf = ({ metrics = [] }: AskedReport) => metrics.map(({ name }) => name);
const keysOf = ({ dimensionFilter }: AskedReport) => dimensionFilter?.filter?.inListFilter?.values ?? [];

describe('keys that arrive while a report is on its way', () => {
  test('share the next one, however many queries bring them', async () => {
    const gateway = await ownGateway({ products: 8 });
    const ids = gateway.world.products.map(({ id }) => id);
    const ask = (id: string | undefined, figure: string) =>
      gateway.ask(`{ product(id: "${id}") { googleAnalytics${on(week)} { ${figure} } } }`);
    const release = gateway.recorder.holdBack();
    const first = ask(ids[0], 'pageViews');
    await until(() => gateway.asked().length === 1, 'the first report is on its way');
    const later = ids.slice(1).flatMap((id) => [ask(id, 'sessions'), ask(id, 'activeUsers')]);
    await until(() => gateway.wanted() === 1 + later.length, 'all of them wait');
    expect(gateway.asked()).toHaveLength(1);
    release();
    const answers = await Promise.all([first, ...later]);
    expect(answers.flatMap(({ errors }) => errors ?? [])).toEqual([]);
    expect(gateway.asked()).toHaveLength(2);
    const [report, ...others] = gateway.asked()[1]?.reports ?? [];
    expect(others).toEqual([]);
    expect(new Set(report && metricsOf(report))).toEqual(new Set(['sessions', 'activeUsers']));
    expect(report && keysOf(report)).toHaveLength(7);
  });

  test('of another property do not wait for it', async () => {
    const gateway = await ownGateway({ products: 2, sites: 2 });
    const release = gateway.recorder.holdBack();
    const ask = (site: string) => gateway.ask(`{ site(id: "${site}") { googleAnalytics${on(week)} { sessions } } }`);
    const first = ask('shop');
    await until(() => gateway.asked().length === 1, 'the first report is on its way');
    const second = ask('outlet');
    await until(() => gateway.asked().length === 2, 'the other property is asked');
    release();
    for (const { errors } of await Promise.all([first, second])) expect(errors).toBeUndefined();
  });
});

describe('a crowd', () => {
  test('of sixty queries at once is two calls, and no warning of Node', async () => {
    const gateway = await ownGateway({ products: 6 });
    const figures = ['pageViews', 'sessions', 'activeUsers', 'newUsers', 'eventCount', 'keyEvents'];
    const ids = gateway.world.products.map(({ id }) => id);
    const warnings = await warningsDuring(async () => {
      const release = gateway.recorder.holdBack();
      const asking = Array.from({ length: 60 }, (_, index) =>
        gateway.ask(
          `{ product(id: "${ids[index % 6]}") { googleAnalytics${on(week)} { ${figures[Math.floor(index / 6) % 6]} } } }`,
        ),
      );
      await until(() => gateway.wanted() === 60 && gateway.asked().length > 0, 'all of them wait');
      release();
      for (const { errors } of await Promise.all(asking)) expect(errors).toBeUndefined();
    });
    expect(warnings).toEqual([]);
    expect(gateway.asked().length).toBeLessThanOrEqual(2);
  });
});

describe('queries that share a report', () => {
  /** Two queries that came while a report was on its way, and so go together. */
  async function askTogether(gateway: RecordedGateway, first: string, second: string) {
    const release = gateway.recorder.holdBack();
    const before = gateway.ask(`{ product(id: "shop-red-shoe-1") { googleAnalytics${on(week)} { eventCount } } }`);
    await until(() => gateway.asked().length === 1, 'a report is on its way');
    const leave = new AbortController();
    const one = gateway.ask(first, {}, { signal: leave.signal }).catch(() => null);
    await until(() => gateway.wanted() === 2, 'the first query waits');
    const other = gateway.ask<{ product: { googleAnalytics: { pageViews: number } | null } }>(second);
    await until(() => gateway.wanted() === 3, 'the second query waits');
    return { release, before, leave, one, other };
  }

  const views = `{ product(id: "shop-blue-bag-1") { googleAnalytics${on(week)} { pageViews } } }`;

  test('do not lose it when one of them leaves', async () => {
    const gateway = await ownGateway({ products: 3 });
    const { release, before, leave, one, other } = await askTogether(
      gateway,
      `{ product(id: "shop-red-shoe-1") { googleAnalytics${on(week)} { sessions } } }`,
      views,
    );
    leave.abort();
    expect(await one).toBeNull();
    release();
    expect((await before).errors).toBeUndefined();
    expect((await other).data.product.googleAnalytics).toEqual({ pageViews: expect.any(Number) });
  });

  test('do not pay for what is wrong with the other', async () => {
    const gateway = await ownGateway({
      products: 3,
      schema: (text) =>
        text.replace(
          'type GoogleAnalyticsSummary {',
          '$&\n  "Unknown."\n  bogus: SafeInt @metric(name: "bogusMetric")',
        ),
    });
    const { release, before, one, other } = await askTogether(
      gateway,
      `{ product(id: "shop-red-shoe-1") { googleAnalytics${on(week)} { bogus } } }`,
      views,
    );
    release();
    expect((await before).errors).toBeUndefined();
    expect((await one)?.errors?.[0]?.extensions).toMatchObject({ code: 'SOURCE_REJECTED' });
    const { data, errors } = await other;
    expect(errors).toBeUndefined();
    expect(data.product.googleAnalytics).toEqual({ pageViews: expect.any(Number) });
  });

  test('are both told when their deadline comes first, and the next one is answered', async () => {
    const gateway = await ownGateway({
      products: 3,
      configure: ({ server }) => void Object.assign(server, { deadline: '400ms' }),
    });
    const release = gateway.recorder.holdBack();
    const late = await Promise.all([gateway.ask(views), gateway.ask(views.replace('pageViews', 'sessions'))]);
    for (const { status, errors } of late) {
      expect(status).toBe(200);
      expect(errors?.[0]?.extensions).toMatchObject({ code: 'DEADLINE_EXCEEDED', source: 'googleAnalytics' });
    }
    release();
    await until(async () => (await gateway.ask(views)).errors === undefined, 'what came late is there');
  });
});
