import { join } from 'node:path';
import { afterEach, describe, expect, test } from '@jest/globals';
import { createApp } from '../src/app.js';
import { loadConfig } from '../src/config.js';
import { ConfigurationError } from '../src/errors.js';
import { onFreshDay } from './helpers/freshDay.js';
import { startGatedPartner } from './helpers/gatedPartner.js';
import { type Answer, editYaml, type GatewayFile, type RunningGateway, startGateway } from './helpers/gateway.js';
import { createMovableClock } from './helpers/movableClock.js';
import { until } from './helpers/until.js';

interface SiteAnswer {
  site: {
    products: {
      nodes: {
        googleAnalytics: { freshness: { state: string } };
        partner: { orders: number | null; freshness: { state: string } };
      }[];
    };
  };
}

const minute = 60_000;
const products = 8;
const page = { site: 'shop', range: 'LAST_28_DAYS', every: '10m' };
const query = `{ site(id: "shop") { products { nodes {
  googleAnalytics { pageViews sessions totalRevenue freshness { state } }
  partner { orders revenue freshness { state } }
} } } }`;

const started: { close(): unknown }[] = [];
afterEach(async () => {
  for (const each of started.splice(0).reverse()) await each.close();
});

async function startWarm(configure: (file: GatewayFile) => void = () => {}) {
  const clock = createMovableClock();
  const gateway = await startGateway({
    products,
    clock,
    configure: (file) => {
      file['warm'] = [page];
      configure(file);
    },
  });
  started.push(gateway);
  return { clock, gateway };
}

const warmed = ({ events }: RunningGateway) => events.filter(({ type }) => type === 'page.warmed');

function statesOf({ data }: Answer<SiteAnswer>): string[] {
  const all = data.site.products.nodes.flatMap(({ googleAnalytics, partner }) => [
    googleAnalytics.freshness.state,
    partner.freshness.state,
  ]);
  return [...new Set(all)];
}

/** Nothing is on its way: time may be pushed without ending a call. */
async function untilIdle({ ask }: RunningGateway): Promise<void> {
  await until(async () => {
    const { data } = await ask<{ sources: { inFlight: number; queued: number }[] }>('{ sources { inFlight queued } }');
    return data.sources.every(({ inFlight, queued }) => inFlight + queued === 0);
  }, 'the end of every call');
}

describe('a page that is kept warm', () => {
  test('is there after the start: a query makes no call', async () => {
    const { gateway } = await startWarm();
    await until(() => warmed(gateway).length === 1, 'the page');
    expect(warmed(gateway)).toEqual([{ type: 'page.warmed', site: 'shop', range: 'LAST_28_DAYS' }]);
    expect(await gateway.partner.stats()).toMatchObject({ calls: products });
    expect(await gateway.google.stats()).toMatchObject({ reports: 1 });
    const answer = await gateway.ask<SiteAnswer>(query);
    expect([answer.errors, statesOf(answer)]).toEqual([undefined, ['FRESH']]);
    expect(answer.extensions.sources).toMatchObject({
      partner: { calls: 0, cacheHits: products },
      googleAnalytics: { calls: 0, reports: 0 },
    });
    expect(await gateway.partner.stats()).toMatchObject({ calls: products });
    expect(await gateway.google.stats()).toMatchObject({ reports: 1 });
  });

  test('is asked for again after its interval, and not before, and stays fresh', async () => {
    const { clock, gateway } = await startWarm();
    await until(() => warmed(gateway).length === 1, 'the page');
    clock.push(7 * minute);
    await untilIdle(gateway);
    expect((await gateway.partner.stats()).calls).toBe(products);
    for (let round = 2; round <= 4; round += 1) {
      clock.push(round === 2 ? 3 * minute : 10 * minute);
      await until(async () => (await gateway.partner.stats()).calls === round * products, 'the calls of this round');
      await untilIdle(gateway);
      await until(() => warmed(gateway).length === round, 'the page');
      const answer = await gateway.ask<SiteAnswer>(query);
      expect([answer.errors, statesOf(answer)]).toEqual([undefined, ['FRESH']]);
      expect(answer.extensions.sources['partner']).toMatchObject({ calls: 0, cacheHits: products });
    }
    expect(Object.values((await gateway.partner.stats()).byKey)).toEqual(Array(products).fill(4));
  });

  test('is asked for again only as far as it would not stay fresh until the next round', async () => {
    const { clock, gateway } = await startWarm();
    await until(() => warmed(gateway).length === 1, 'the page');
    // Google's figures of whole days count as new for an hour, the partner's for ten minutes, give or take a tenth.
    for (let round = 2; round <= 4; round += 1) {
      clock.push(10 * minute);
      await until(() => warmed(gateway).length === round, 'the page');
      await untilIdle(gateway);
    }
    expect((await gateway.google.stats()).reports).toBe(1);
    for (let round = 5; round <= 7; round += 1) {
      clock.push(10 * minute);
      await until(() => warmed(gateway).length === round, 'the page');
      await untilIdle(gateway);
    }
    expect((await gateway.google.stats()).reports).toBeGreaterThan(1);
  });

  test('is never seen stale by who asks in between', async () => {
    const { clock, gateway } = await startWarm();
    await until(() => warmed(gateway).length === 1, 'the page');
    const states: string[][] = [];
    for (let elapsed = 0; elapsed < 30 * minute; elapsed += minute / 2) {
      clock.push(minute / 2);
      // What falls due at this moment is let go on first.
      await untilIdle(gateway);
      states.push(statesOf(await gateway.ask<SiteAnswer>(query)));
      await untilIdle(gateway);
    }
    expect(states).toEqual(states.map(() => ['FRESH']));
  });

  test('lets everybody go first who waits for something', async () => {
    const partner = await startGatedPartner();
    started.push(partner);
    const { gateway } = await startWarm(({ sources }) => {
      Object.assign(sources.partner ?? {}, { url: partner.url, concurrency: 1 });
    });
    await until(() => partner.asked().length === 1, 'the first call');
    const waiting = gateway.ask(`{ product(id: "shop-white-scarf-1") { partner${onFreshDay()} { orders } } }`);
    const queuedBy = () => gateway.events.filter((event) => event.type === 'call.queued' && event.source === 'partner');
    await until(() => queuedBy().length === products, 'the call in the queue');
    partner.releaseAll();
    expect((await waiting).errors).toBeUndefined();
    await until(() => warmed(gateway).length === 1, 'the page');
    expect(partner.asked().slice(0, 3)).toEqual(['P-1001', 'P-1005', 'P-1002']);
    expect(partner.asked()).toHaveLength(products + 1);
  });

  test('is answered as soon as it is there to who comes while it is fetched, by the same calls', async () => {
    const partner = await startGatedPartner();
    started.push(partner);
    const { gateway } = await startWarm(({ sources }) => Object.assign(sources.partner ?? {}, { url: partner.url }));
    await until(() => partner.asked().length === products, 'the calls');
    const early = gateway.ask<SiteAnswer>(query);
    await until(
      () => gateway.events.some((event) => event.type === 'cache.read' && event.joined === products),
      'somebody who waits',
    );
    partner.releaseAll();
    expect(statesOf(await early)).toEqual(['FRESH']);
    expect(partner.asked()).toHaveLength(products);
  });

  test('whose partner is down fails quietly, and is tried again', async () => {
    const { clock, gateway } = await startWarm();
    await until(() => warmed(gateway).length === 1, 'the page');
    await gateway.partner.faults({ keys: '*', fault: 'status', status: 500 });
    clock.push(10 * minute);
    await until(() => warmed(gateway).length === 2, 'the page');
    await untilIdle(gateway);
    const answer = await gateway.ask<SiteAnswer>(query);
    expect(answer.errors).toBeUndefined();
    await gateway.partner.reset();
    clock.push(10 * minute);
    await until(async () => (await gateway.partner.stats()).calls >= products, 'another try');
    await untilIdle(gateway);
    expect(statesOf(await gateway.ask<SiteAnswer>(query))).toEqual(['FRESH']);
    expect(gateway.events.filter(({ type }) => type === 'request.failed')).toEqual([]);
  });

  test('is asked for no more once the gateway is closed', async () => {
    const { clock, gateway } = await startWarm();
    await until(() => warmed(gateway).length === 1, 'the page');
    await gateway.app.close();
    clock.push(60 * minute);
    expect((await gateway.partner.stats()).calls).toBe(products);
    expect(warmed(gateway)).toHaveLength(1);
  });

  test('does not hold up closing while it is fetched', async () => {
    const partner = await startGatedPartner();
    started.push(partner);
    const { clock, gateway } = await startWarm(({ sources }) => {
      Object.assign(sources.partner ?? {}, { url: partner.url, concurrency: 2 });
    });
    await until(() => partner.asked().length === 2, 'the first calls');
    await gateway.app.close();
    await until(
      () => partner.server.connections.every(({ closedAt }) => closedAt !== undefined),
      'the end of its calls',
    );
    clock.push(60 * minute);
    expect(partner.asked()).toHaveLength(2);
  });

  test('makes no noise about listeners, however many products it has', async () => {
    const warnings: Error[] = [];
    const onWarning = (warning: Error) => void warnings.push(warning);
    process.on('warning', onWarning);
    const gateway = await startGateway({
      products: 40,
      configure: (file) => void Object.assign(file, { warm: [page] }),
    });
    started.push(gateway);
    await until(() => warmed(gateway).length === 1, 'the page');
    process.off('warning', onWarning);
    expect(warnings.filter(({ name }) => name === 'MaxListenersExceededWarning')).toEqual([]);
  });
});

describe('a page of a site that the catalog does not have', () => {
  test('is a problem of the configuration, with the others', async () => {
    const { gateway } = await startWarm();
    const file = join(gateway.folder, 'gateway.yaml');
    await editYaml<GatewayFile>(file, (content) => {
      content['warm'] = [page, { ...page, site: 'shpo' }, { ...page, site: 'nowhere' }];
    });
    const failure = await createApp(loadConfig(file, {})).then(
      () => undefined,
      (error: unknown) => error,
    );
    expect(failure).toBeInstanceOf(ConfigurationError);
    const { problems } = failure as ConfigurationError;
    expect(problems.map(({ message }) => message)).toEqual([
      expect.stringContaining('shpo'),
      expect.stringContaining('nowhere'),
    ]);
    for (const problem of problems) expect(problem.file).toBe(file);
  });

  test.each([
    ['range', { ...page, range: 'LAST_3_DAYS' }],
    ['every', { ...page, every: '10' }],
    ['evry', { ...page, evry: '10m' }],
  ])('and so is a wrong %s, with its line', async (name, wrong) => {
    const { gateway } = await startWarm();
    const file = join(gateway.folder, 'gateway.yaml');
    await editYaml<GatewayFile>(file, (content) => {
      content['warm'] = [wrong];
    });
    const read = () => loadConfig(file, {});
    expect(read).toThrow(ConfigurationError);
    expect(read).toThrow(name);
    expect(read).toThrow(/gateway\.yaml:\d+/);
  });
});
