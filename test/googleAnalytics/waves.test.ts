import { afterEach, describe, expect, test } from '@jest/globals';
import type { GatewayOptions } from '../helpers/gateway.js';
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
