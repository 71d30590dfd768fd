import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { freshDay } from '../helpers/freshDay.js';
import { startTableGateway, type TableGateway } from '../helpers/tableGateway.js';

/** Lines that a company writes into its schema.graphql; nothing else is changed. */
const lines = {
  partner: 'clicksOfAds: SafeInt @value(pointer: "/clicks", additive: true)',
  google: 'engagedVisits: SafeInt @metric(name: "engagedSessions")\n  sold: SafeInt @metric(name: "itemsPurchased")',
  both: 'clicksPerVisit: Float @ratio(of: "partner.clicksOfAds", per: "googleAnalytics.engagedVisits")',
};
const after = (text: string, line: string, more: string) => text.replace(line, `${line}\n  ${more}`);

let gateway: TableGateway;
const range = freshDay();
const day = `range: { start: "${range.start}", end: "${range.end}" }`;

beforeAll(async () => {
  gateway = await startTableGateway({
    products: 10,
    schema(text) {
      const withPartner = after(text, 'type PartnerSummary {', lines.partner);
      const withGoogle = after(withPartner, 'type GoogleAnalyticsSummary {', lines.google);
      return after(withGoogle, 'type CombinedSummary {', lines.both);
    },
  });
});
afterAll(() => gateway.close());

const clicks = () => {
  const numbers = gateway.world.products.map(({ id, partnerId }) => ({
    id,
    clicks: gateway.world.partnerNumbers(partnerId ?? '', range)?.clicks ?? Number.NaN,
  }));
  return numbers.toSorted((a, b) => b.clicks - a.clicks || (a.id < b.id ? -1 : 1));
};
/** A number that some products are above and some are not. */
const middle = () => clicks()[4]?.clicks ?? 0;

describe('a line of the schema for a figure of the partner', () => {
  test('makes it selectable and orderable', async () => {
    const { answer, nodes } = await gateway.list(
      `orderBy: { by: PARTNER_CLICKS_OF_ADS, ${day} }`,
      `partner(${day}) { clicksOfAds clicks }`,
    );
    expect(answer.errors).toBeUndefined();
    expect(nodes.map(({ id, partner }) => ({ id, clicks: partner?.['clicksOfAds'] }))).toEqual(clicks());
    for (const { partner } of nodes) expect(partner?.['clicksOfAds']).toBe(partner?.['clicks']);
  });

  test('makes it something to filter by', async () => {
    const { answer, ids } = await gateway.list(`filter: { ${day}, partner: { clicksOfAds: { gt: ${middle()} } } }`);
    expect(answer.errors).toBeUndefined();
    const expected = clicks().filter((each) => each.clicks > middle());
    expect(expected.length).toBeGreaterThan(0);
    expect(ids.toSorted()).toEqual(expected.map(({ id }) => id).toSorted());
  });

  test('makes it something to add up, of a site and of a list', async () => {
    const sum = clicks().reduce((total, each) => total + each.clicks, 0);
    const { data, errors } = await gateway.ask(
      `{ site(id: "shop") { partner(${day}) { clicksOfAds } products { totals { partner(${day}) { clicksOfAds } } } } }`,
    );
    expect(errors).toBeUndefined();
    const totals = { partner: { clicksOfAds: sum } };
    expect(data).toEqual({ site: { ...totals, products: { totals } } });
  });
});

describe('a line of the schema for a metric', () => {
  test('makes it selectable, orderable and something to filter by, in one report', async () => {
    await gateway.asked();
    const { answer, nodes } = await gateway.list(
      `orderBy: { by: ENGAGED_VISITS, ${day} }, filter: { ${day}, googleAnalytics: { engagedVisits: { gt: 0 } } }`,
      `googleAnalytics(${day}) { engagedVisits sessions engagementRate }`,
    );
    expect(answer.errors).toBeUndefined();
    const visits = nodes.map(({ googleAnalytics }) => Number(googleAnalytics?.['engagedVisits']));
    expect(visits).toEqual(visits.toSorted((a, b) => b - a));
    expect(visits.length).toBeGreaterThan(3);
    for (const { googleAnalytics: google } of nodes) {
      const { engagedVisits, sessions, engagementRate } = google ?? {};
      expect(Number(engagedVisits) / Number(sessions)).toBeCloseTo(Number(engagementRate), 10);
    }
    expect(await gateway.asked()).toEqual({ partner: 0, reports: 1 });
  });

  test('makes it something to add up only where the metric may be', async () => {
    const ask = (field: string) =>
      gateway.ask(`{ site(id: "shop") { products { totals { googleAnalytics(${day}) { ${field} } } } } }`);
    const orders = gateway.world.visits('shop', range.start).flatMap((visit) => visit.orders);
    expect((await ask('sold')).data).toEqual({
      site: { products: { totals: { googleAnalytics: { sold: orders.length } } } },
    });
    expect((await ask('engagedVisits')).errors?.[0]?.message).toContain('Cannot query field "engagedVisits"');
  });
});

describe('a line of the schema for a ratio', () => {
  test('makes it selectable, orderable and something to filter by', async () => {
    const { answer, nodes } = await gateway.list(
      `orderBy: { by: COMBINED_CLICKS_PER_VISIT, direction: ASC, ${day} }, filter: { ${day}, combined: { clicksPerVisit: { gt: 0.1 } } }`,
      `combined(${day}) { clicksPerVisit } partner(${day}) { clicksOfAds } googleAnalytics(${day}) { engagedVisits }`,
    );
    expect(answer.errors).toBeUndefined();
    const ratios = nodes.map(({ combined }) => Number(combined?.['clicksPerVisit']));
    expect(ratios.length).toBeGreaterThan(3);
    expect(ratios).toEqual(ratios.toSorted((a, b) => a - b));
    expect(Math.min(...ratios)).toBeGreaterThan(0.1);
    for (const { combined, partner, googleAnalytics } of nodes) {
      const expected = Number(partner?.['clicksOfAds']) / Number(googleAnalytics?.['engagedVisits']);
      expect(combined?.['clicksPerVisit']).toBeCloseTo(expected, 10);
    }
  });
});

describe('a schema file that does not say yet what follows from its new lines', () => {
  test('is served as if it did, with a notice of what to do', () => {
    const notices = gateway.events.flatMap((event) => (event.type === 'server.notice' ? [event.message] : []));
    expect(notices).toEqual([
      expect.stringMatching(/not up to date.*run analytics-gateway generate .*schema\.graphql/),
    ]);
  });
});
