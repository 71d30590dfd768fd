import { afterEach, describe, expect, test } from '@jest/globals';
import { type GatedPartner, startGatedPartner } from './helpers/gatedPartner.js';
import { type RunningGateway, startGateway } from './helpers/gateway.js';
import { createMovableClock } from './helpers/movableClock.js';
import { until } from './helpers/until.js';

const hour = 3_600_000;
const minute = 60_000;

interface SiteAnswer {
  site: { products: { nodes: { partner: { orders: number; freshness: { state: string; asOf: string } } | null }[] } };
}

let gateway: RunningGateway;
let gated: GatedPartner | undefined;
afterEach(async () => {
  gated?.releaseAll();
  await gateway.close();
  await gated?.close();
  gated = undefined;
});

describe.each([
  ['forward', hour],
  ['back', -hour],
])('a wall clock that is set %s by an hour', (_, jump) => {
  const query =
    '{ site(id: "shop") { products { nodes { partner(range: { start: "2026-01-01", end: "2026-01-28" }) { orders freshness { state asOf } } } } } }';

  test('makes no value older or younger, and none of the future', async () => {
    const clock = createMovableClock();
    gateway = await startGateway({ products: 5, clock });
    const ask = async () => {
      const { data, errors } = await gateway.ask<SiteAnswer>(query);
      expect(errors).toBeUndefined();
      const shown = data.site.products.nodes.flatMap(({ partner }) => partner?.freshness ?? []);
      expect(shown).toHaveLength(5);
      for (const { asOf } of shown) expect(Date.parse(asOf)).toBeLessThanOrEqual(clock.now());
      return shown;
    };
    const calls = async () => (await gateway.partner.stats()).calls;
    await ask();

    clock.set(jump);
    clock.push(minute);
    for (const { state, asOf } of await ask()) {
      const shownMs = clock.now() - Date.parse(asOf);
      expect([state, Math.round(shownMs / minute)]).toEqual(['FRESH', 1]);
    }
    expect(await calls()).toBe(5);

    // After ten minutes of real time they are old, whatever the clock says: shown at once, and asked for again behind.
    clock.push(11 * minute);
    for (const { state } of await ask()) expect(state).toBe('STALE');
    await until(async () => (await calls()) === 10, 'each to be asked for again');
  });

  test('ends no request before its time, and lets none go on for longer', async () => {
    const partner = await startGatedPartner();
    gated = partner;
    const clock = createMovableClock();
    gateway = await startGateway({
      products: 5,
      clock,
      configure(file) {
        file.server['deadline'] = '30s';
        Object.assign(file.sources.partner ?? {}, { url: partner.url });
      },
    });
    const early = gateway.ask<SiteAnswer>(query);
    await until(() => partner.asked().length === 5, 'the partner to be asked');
    clock.set(jump);
    partner.release(...partner.asked().slice(0, 4));
    const brought = () => gateway.events.filter(({ type }) => type === 'call.finished').length;
    await until(() => brought() === 4, 'four of five answers');
    clock.push(31_000);
    const { data, errors } = await early;
    expect(data.site.products.nodes.filter(({ partner }) => typeof partner?.orders === 'number')).toHaveLength(4);
    expect(errors?.map(({ extensions }) => extensions?.['code'])).toEqual(['DEADLINE_EXCEEDED']);
    expect(partner.asked()).toHaveLength(5);
  });
});
