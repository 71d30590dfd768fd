import { once } from 'node:events';
import { get, type IncomingMessage } from 'node:http';
import { text as readText } from 'node:stream/consumers';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { download, type ExportAnswer, openExport } from './helpers/csv.js';
import { freshDay } from './helpers/freshDay.js';
import { startGatedPartner } from './helpers/gatedPartner.js';
import { type GatewayOptions, startGateway } from './helpers/gateway.js';
import { startTableGateway, type TableGateway, withLimits, withLists } from './helpers/tableGateway.js';
import { until } from './helpers/until.js';

const started: { close(): Promise<void> }[] = [];
afterEach(async () => {
  for (const each of started.splice(0).reverse()) await each.close();
});

async function own(options: GatewayOptions): Promise<TableGateway> {
  const gateway = await startTableGateway(options);
  started.push(gateway);
  return gateway;
}

const days = { start: '2026-03-02', end: '2026-03-08' };
const range = `${days.start}..${days.end}`;
const newRange = () => {
  const { start, end } = freshDay();
  return `${start}..${end}`;
};
const codeOf = ({ text }: ExportAnswer) => JSON.parse(text).errors[0].extensions.code;
const messageOf = ({ text }: ExportAnswer) => JSON.parse(text).errors[0].message;

describe('a file of products', () => {
  let gateway: TableGateway;
  beforeAll(async () => {
    gateway = await startTableGateway({ products: 12 });
  });
  afterAll(() => gateway.close());
  beforeEach(() => gateway.asked());

  const figures = {
    googleAnalytics: ['pageViews', 'sessions', 'engagementRate', 'totalRevenue'],
    partner: ['orders', 'revenue', 'currency', 'updatedAt'],
    combined: ['ordersPerSession', 'revenuePerPageView'],
  };
  const paths = Object.entries(figures).flatMap(([home, names]) => names.map((name) => `${home}.${name}`));

  test('is a download that Excel reads, named by the site and its days, and kept by nobody', async () => {
    const { status, headers, text } = await download(gateway, { site: 'shop', range, columns: 'id' });
    expect(status).toBe(200);
    expect(Object.fromEntries(headers)).toMatchObject({
      'content-type': 'text/csv; charset=utf-8',
      'content-disposition': 'attachment; filename="shop-products-2026-03-02-to-2026-03-08.csv"',
      'cache-control': 'no-store',
    });
    expect(text).toMatch(/^\uFEFFid,problems\r\nshop-red-shoe-1,\r\n/);
  });

  test('has id, name and every figure of the schema, where no columns are named', async () => {
    const { text, rows } = await download(gateway, { site: 'shop', range });
    expect(text.slice(1).split('\r\n')[0]?.split(',')).toEqual([
      'id',
      'name',
      ...'pageViews sessions activeUsers newUsers engagementRate averageSessionDuration bounceRate eventCount keyEvents totalRevenue'
        .split(' ')
        .map((name) => `googleAnalytics.${name}`),
      ...'impressions clicks orders revenue currency updatedAt'.split(' ').map((name) => `partner.${name}`),
      ...'ordersPerSession revenuePerPageView'.split(' ').map((name) => `combined.${name}`),
      'problems',
    ]);
    expect(rows).toHaveLength(12);
    expect(await gateway.asked()).toEqual({ partner: 12, reports: 1 });
  });

  test('holds what a query answers, in the same order, whatever is chosen', async () => {
    const choice = fc.record({
      columns: fc.subarray(paths, { minLength: 1 }),
      by: fc.option(fc.constantFrom('NAME', 'PAGE_VIEWS', 'PARTNER_REVENUE', 'COMBINED_ORDERS_PER_SESSION')),
      direction: fc.constantFrom('ASC', 'DESC'),
      search: fc.constantFrom('', 'shoe', 'RED'),
      filter: fc.option(
        fc.constantFrom(
          { googleAnalytics: { pageViews: { gte: 10 } } },
          { or: [{ partner: { revenue: { gt: '100.00' } } }, { name: { contains: 'bag' } }] },
        ),
      ),
    });
    const inDays = `(range: { start: "${days.start}", end: "${days.end}" })`;
    const selected = Object.entries(figures)
      .map(([home, names]) => `${home}${inDays} { ${names.join(' ')} }`)
      .join(' ');
    await fc.assert(
      fc.asyncProperty(choice, async ({ columns, by, direction, search, filter }) => {
        const query = `query ($orderBy: ProductOrder, $search: String, $filter: ProductFilter) { site(id: "shop") {
          products(first: 100, orderBy: $orderBy, search: $search, filter: $filter) { nodes { id name ${selected} } } } }`;
        const orderBy = by && { by, direction, range: days };
        const { data } = await gateway.ask<{ site: { products: { nodes: Node[] } } }>(query, {
          orderBy,
          search,
          filter: filter && { ...filter, range: days },
        });
        const { rows } = await download(gateway, {
          site: 'shop',
          range,
          search,
          columns: ['id', ...columns].join(','),
          ...(by && { orderBy: by, direction }),
          ...(filter && { filter: JSON.stringify(filter) }),
        });
        expect(rows).toEqual(data.site.products.nodes.map((node) => cellsOf(node, ['id', ...columns])));
      }),
      { numRuns: 40 },
    );
  });

  type Node = Record<string, unknown>;

  function cellsOf(node: Node, columns: readonly string[]): Record<string, string> {
    const cells = columns.map((path) => {
      const value = path.split('.').reduce<unknown>((parent, name) => (parent as Node | null)?.[name], node);
      return [path, value === null || value === undefined ? '' : String(value)];
    });
    return { ...Object.fromEntries(cells), problems: '' };
  }

  test('asks Google Analytics once for order and columns together, and the partner for the rows of the file only', async () => {
    await download(gateway, {
      site: 'shop',
      range: newRange(),
      orderBy: 'SESSIONS',
      search: 'shoe',
      columns: 'id,googleAnalytics.pageViews,combined.ordersPerSession',
    });
    const shoes = gateway.world.products.filter(({ name }) => name.includes('Shoe'));
    expect(shoes.length).toBeLessThan(12);
    expect(await gateway.asked()).toEqual({ partner: shoes.length, reports: 1 });
  });

  test('asks nobody for what the catalog knows', async () => {
    const { rows } = await download(gateway, { site: 'shop', columns: 'name, id ,problems' });
    expect(rows[0]).toEqual({ name: 'Red Shoe 1', id: 'shop-red-shoe-1', problems: '' });
    expect(await gateway.asked()).toEqual({ partner: 0, reports: 0 });
  });

  test('is not made to find out whether it is there', async () => {
    const { status } = await openExport(gateway, { site: 'shop', range: newRange() }, { method: 'HEAD' });
    expect(status).toBe(405);
    expect(await gateway.asked()).toEqual({ partner: 0, reports: 0 });
  });

  test.each([
    ['a site that is missing', { site: '' }, /^site: /],
    ['a column that is not known', { columns: 'id,partner.revenu' }, /^columns: .*did you mean partner\.revenue\?/],
    ['a preset that is not known', { range: 'LAST_27_DAYS' }, /^range: .*LAST_28_DAYS/],
    ['half a range', { range: '2026-03-02..' }, /^range: .*YYYY-MM-DD/],
    ['a day that does not exist', { range: '2026-02-30..2026-03-02' }, /^range: start: .*YYYY-MM-DD/],
    ['a range that ends before it starts', { range: '2026-03-02..2026-03-01' }, /^range: start .* after end/],
    ['a filter that is no JSON', { filter: '{name' }, /^filter: write JSON/],
    [
      'a filter by a figure that is not known',
      { filter: '{"partner":{"order":{"gt":1}}}' },
      /^filter: .*"order".*[Dd]id you mean "orders"/,
    ],
    [
      'a filter by a value of another type',
      { filter: '{"or":[{"partner":{"orders":{"gt":"many"}}}]}' },
      /^filter: or\.0\.partner\.orders\.gt: /,
    ],
    ['an order that is not known', { orderBy: 'PAGE_VIEW' }, /^orderBy: .*[Dd]id you mean .*"PAGE_VIEWS"/],
    ['a direction that is not known', { orderBy: 'NAME', direction: 'UP' }, /^direction: .*"UP"/],
    ['a direction without an order', { direction: 'ASC' }, /^direction: .*orderBy/],
    ['a time that is none', { maxWaitMs: '-1' }, /^maxWaitMs: /],
    ['a parameter that is not known', { colums: 'id' }, /^"colums": .*did you mean columns\?/],
  ])('is refused for %s, and nobody is asked', async (_, parameters, message) => {
    const answer = await download(gateway, { site: 'shop', range: newRange(), ...parameters });
    expect([answer.status, codeOf(answer)]).toEqual([400, 'BAD_USER_INPUT']);
    expect(messageOf(answer)).toMatch(message);
    expect(await gateway.asked()).toEqual({ partner: 0, reports: 0 });
  });

  test('is not begun by a page of another site, and is by an address that a person opens', async () => {
    const statusOf = async (headers: Record<string, string>) =>
      (await openExport(gateway, { site: 'shop', columns: 'id' }, { headers })).status;
    expect(await statusOf({ 'sec-fetch-site': 'cross-site' })).toBe(403);
    for (const site of ['same-origin', 'none']) expect(await statusOf({ 'sec-fetch-site': site })).toBe(200);
  });

  test('is refused for a parameter that is given twice', async () => {
    const response = await openExport(gateway, [
      ['site', 'shop'],
      ['columns', 'id'],
      ['columns', 'name'],
    ]);
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ errors: [{ message: expect.stringMatching(/^columns: /) }] });
  });

  test('of a site that does not exist is not found', async () => {
    const answer = await download(gateway, { site: 'shopp' });
    expect([answer.status, codeOf(answer)]).toEqual([404, 'BAD_USER_INPUT']);
  });
});

describe('a file of which something is not known', () => {
  const columns = 'id,googleAnalytics.pageViews,partner.orders,partner.revenue';
  const count = expect.stringMatching(/^\d+$/);
  const money = expect.stringMatching(/^\d+\.\d\d$/);
  const whole = { 'googleAnalytics.pageViews': count, 'partner.orders': count, 'partner.revenue': money, problems: '' };
  const lacking = (code: string) => ({
    'googleAnalytics.pageViews': count,
    'partner.orders': '',
    'partner.revenue': '',
    problems: `partner.orders: ${code}; partner.revenue: ${code}`,
  });
  const impatient = { retry: { attempts: 1, budget: '10%' } };
  let gateway: TableGateway;

  beforeAll(async () => {
    gateway = await startTableGateway({
      products: 4,
      configure({ server, sources }) {
        server['deadline'] = '1s';
        Object.assign(sources.partner ?? {}, impatient);
      },
    });
  });
  afterEach(() => gateway.partner.reset());
  afterAll(() => gateway.close());

  test('has empty cells for a product whose call failed, says so, and is whole otherwise', async () => {
    await gateway.partner.faults({ keys: ['P-1002'], fault: 'html' });
    const { rows } = await download(gateway, { site: 'shop', range: newRange(), columns });
    const broken = lacking('SOURCE_BAD_RESPONSE');
    expect(rows.map(({ id: _, ...cells }) => cells)).toEqual([whole, broken, whole, whole]);
  });

  test('is counted as a request with as many errors as it has problems', async () => {
    await gateway.partner.faults({ keys: ['P-1004'], fault: 'html' });
    const files = () =>
      gateway.events.flatMap((event) =>
        event.type === 'request.finished' && event.operation === 'products.csv' ? [event] : [],
      );
    const before = files().length;
    await download(gateway, { site: 'shop', range: newRange(), columns });
    await until(() => files().length > before, 'the end of the request');
    expect(files().at(-1)).toMatchObject({
      operationType: 'export',
      viewer: 'everybody',
      errors: 2,
      codes: ['SOURCE_BAD_RESPONSE'],
    });
  });

  test('ends at the deadline, with what has come', async () => {
    await gateway.partner.faults({ keys: ['P-1003'], fault: 'hang' });
    const { rows } = await download(gateway, { site: 'shop', range: newRange(), columns });
    const late = lacking('DEADLINE_EXCEEDED');
    expect(rows.map(({ id: _, ...cells }) => cells)).toEqual([whole, whole, late, whole]);
  });

  test('waits no longer than it is told to', async () => {
    await gateway.partner.faults({ keys: '*', fault: 'hang' });
    const parameters = { site: 'shop', range: newRange(), maxWaitMs: '0', columns };
    const { rows } = await download(gateway, parameters);
    expect(rows.map(({ id: _, ...cells }) => cells)).toEqual(Array(4).fill(lacking('PENDING')));
  });

  test('says in its last row what a filter left out because it could not know', async () => {
    await gateway.partner.faults({ keys: ['P-1001'], fault: 'html' });
    const filter = '{"partner":{"impressions":{"gte":0}}}';
    const { rows } = await download(gateway, { site: 'shop', range: newRange(), filter, columns: 'id,partner.orders' });
    expect(rows.slice(0, -1).map(({ problems }) => problems)).toEqual(['', '', '']);
    expect(rows.at(-1)).toEqual({
      id: '',
      'partner.orders': '',
      problems: expect.stringMatching(/ 1 .*SOURCE_BAD_RESPONSE$/),
    });
  });
});

describe('a file on its way', () => {
  async function startGated(products: number, server: object = {}) {
    const partner = await startGatedPartner();
    started.push(partner);
    const running = await startGateway({
      products,
      configure(file) {
        Object.assign(file.sources.partner ?? {}, { url: partner.url });
        Object.assign(file.server, server);
      },
    });
    started.push(running);
    return { partner, gateway: withLists(running) };
  }

  test('brings each row as soon as it and those before it are known, in the order of the list, also to who could unpack it', async () => {
    const { partner, gateway } = await startGated(4);
    const packed = { headers: { 'accept-encoding': 'gzip, br' } };
    const { body } = await openExport(gateway, { site: 'shop', range, columns: 'id,partner.orders' }, packed);
    const parts = (body as ReadableStream<Uint8Array>).pipeThrough(new TextDecoderStream()).getReader();
    let text = '';
    const readUntil = async (wanted: string) => {
      while (!text.includes(wanted)) text += (await parts.read()).value;
    };
    const idOf = (partnerId: string) => gateway.world.products.find((each) => each.partnerId === partnerId)?.id ?? '?';

    await readUntil('id,partner.orders,problems\r\n');
    await until(() => partner.asked().length === 4, 'all products are asked for at once');
    partner.release('P-1001', 'P-1003');
    await readUntil(`${idOf('P-1001')},9,\r\n`);
    expect(text).not.toContain(idOf('P-1003'));
    partner.release('P-1002');
    await readUntil(`${idOf('P-1003')},9,\r\n`);
    expect(text).not.toContain(idOf('P-1004'));
    partner.release('P-1004');
    await readUntil(`${idOf('P-1004')},9,\r\n`);
    expect(await parts.read()).toMatchObject({ done: true });
    expect(text.trim().split('\r\n')).toEqual([
      'id,partner.orders,problems',
      ...['P-1001', 'P-1002', 'P-1003', 'P-1004'].map((id) => `${idOf(id)},9,`),
    ]);
  });

  test('is ended in order when the gateway closes, and says of what has not come that it was too late', async () => {
    const { partner, gateway } = await startGated(2, { grace: '100ms' });
    const reading = download(gateway, { site: 'shop', range, columns: 'partner.orders' });
    await until(() => partner.asked().length === 2, 'the calls');
    partner.release('P-1001');
    await gateway.app.close();
    expect((await reading).rows).toEqual([
      { 'partner.orders': '9', problems: '' },
      { 'partner.orders': '', problems: 'partner.orders: DEADLINE_EXCEEDED' },
    ]);
  });

  test.each([
    ['before the file has begun', { orderBy: 'PARTNER_ORDERS' }],
    ['in the middle of the file', {}],
  ])('stops its calls when the client goes away %s, and leaves nothing behind', async (_, order) => {
    const { partner, gateway } = await startGated(6);
    const leaving = new AbortController();
    const reading = openExport(gateway, { site: 'shop', range, ...order }, { signal: leaving.signal }).then(
      (response) => response.text(),
    );
    const gone = expect(reading).rejects.toThrow();
    await until(() => partner.asked().length === 6, 'the calls');
    leaving.abort();
    await gone;
    await until(async () => {
      const { data } = await gateway.ask<{ sources: { inFlight: number; queued: number }[] }>(
        '{ sources { inFlight queued } }',
      );
      return data.sources.every(({ inFlight, queued }) => inFlight + queued === 0);
    }, 'the end of the calls, which the partner never answered');
    expect(gateway.events.filter(({ type }) => type === 'request.failed')).toEqual([]);
  });
});

describe('what people and partners may have written', () => {
  const names = ['=cmd()', '+1', '-1', '@x', '\t1', '\r1', 'a "b", c\nd'];

  test('is no formula in a file, and no cell is torn', async () => {
    const gateway = await own({
      products: names.length,
      catalog: ({ sites: [shop] }) =>
        void shop?.products.forEach((product, index) => void Object.assign(product, { name: names[index] })),
    });
    const { rows } = await download(gateway, { site: 'shop', columns: 'name' });
    expect(rows.map(({ name }) => name)).toEqual([...names.slice(0, -1).map((name) => `'${name}`), 'a "b", c\nd']);
  });

  test('is a number below 0 where it is one', async () => {
    const gateway = await own({
      products: 1,
      schema: (text) =>
        text.replace(
          'type PartnerSummary {',
          'type PartnerSummary {\n  "x"\n  margin: Float @value(pointer: "/clicks")',
        ),
    });
    await gateway.partner.faults({ keys: '*', fault: 'number', value: -5.25 });
    const { rows } = await download(gateway, { site: 'shop', range, columns: 'partner.margin,partner.revenue' });
    expect(rows).toEqual([{ 'partner.margin': '-5.25', 'partner.revenue': '-5.25', problems: '' }]);
  });
});

test('a partner who answers for all time is not asked about days, and the file is named by none', async () => {
  const gateway = await own({
    products: 1,
    configure: ({ sources: { partner } }) =>
      void Object.assign(partner ?? {}, { url: String(partner?.['url']).replace('&from={start}&to={end}', '') }),
    schema: (text) => text.replace(/ {2}"[^\n]*"\n[^\n]*@ratio\([^\n]*\n/g, ''),
  });
  const columns = 'partner.impressions';
  const refused = await download(gateway, { site: 'shop', range, columns });
  expect([refused.status, codeOf(refused), messageOf(refused)]).toEqual([
    400,
    'BAD_USER_INPUT',
    expect.stringMatching(/^range: .*all time/),
  ]);
  const { headers, rows } = await download(gateway, { site: 'shop', columns });
  const { impressions } = gateway.world.partnerNumbers('P-1001') ?? {};
  expect(rows).toEqual([{ 'partner.impressions': String(impressions), problems: '' }]);
  expect(headers.get('content-disposition')).toBe('attachment; filename="shop-products.csv"');
});

test('a file of everything holds no ratio that nobody can have, where the partner knows no days, and Google its own', async () => {
  const gateway = await own({
    products: 1,
    configure: ({ sources: { partner } }) =>
      void Object.assign(partner ?? {}, { url: String(partner?.['url']).replace('&from={start}&to={end}', '') }),
  });
  const { status, headers, rows } = await download(gateway, { site: 'shop', range });
  expect(status).toBe(200);
  expect(headers.get('content-disposition')).toBe('attachment; filename="shop-products.csv"');
  expect(rows).toHaveLength(1);
  expect(rows[0]).toMatchObject({
    'googleAnalytics.pageViews': expect.stringMatching(/^\d+$/),
    'partner.orders': expect.stringMatching(/^\d+$/),
    problems: '',
  });
  expect(Object.keys(rows[0] ?? {})).not.toContain('combined.ordersPerSession');
});

test('a download is started by nobody else than the one who wants it', async () => {
  const gateway = await own({ products: 2 });
  await gateway.asked();
  // Not by fetch, which says itself in which mode it is.
  const from = async (site: string, mode: string) => {
    const url = new URL(`/export/products.csv?site=shop&range=${range}`, gateway.url);
    const request = get(url, { headers: { 'sec-fetch-site': site, 'sec-fetch-mode': mode } });
    const [response] = (await once(request, 'response')) as [IncomingMessage];
    return { status: response.statusCode, text: await readText(response) };
  };
  const hidden = await from('cross-site', 'no-cors');
  expect([hidden.status, hidden.text]).toEqual([403, expect.stringContaining('another site')]);
  expect(await gateway.asked()).toEqual({ partner: 0, reports: 0 });
  for (const [site, mode] of [
    ['cross-site', 'navigate'],
    ['same-origin', 'cors'],
    ['none', 'navigate'],
  ] as const) {
    expect((await from(site, mode)).status).toBe(200);
  }
});

test('figures of a line that was added to the schema are in the file', async () => {
  const gateway = await own({
    products: 2,
    schema: (text) =>
      text
        .replace(
          'type PartnerSummary {',
          'type PartnerSummary {\n  "x"\n  shows: SafeInt @value(pointer: "/impressions")',
        )
        .replace(
          'type CombinedSummary {',
          'type CombinedSummary {\n  "x"\n  showsPerView: Float @ratio(of: "partner.shows", per: "googleAnalytics.pageViews")',
        ),
  });
  const { rows } = await download(gateway, { site: 'shop', range });
  expect(rows).toHaveLength(2);
  for (const row of rows) {
    expect(row['partner.shows']).toBe(row['partner.impressions']);
    const ratio = Number(row['partner.shows']) / Number(row['googleAnalytics.pageViews']);
    expect(Number(row['combined.showsPerView'])).toBeCloseTo(ratio, 10);
  }
});

describe('the price of a file', () => {
  test('is known before anything is asked, and too high a one is refused', async () => {
    const gateway = await own({ products: 12, configure: withLimits({ maxPartnerCalls: 5 }) ?? (() => {}) });
    const refused = await download(gateway, { site: 'shop', range });
    expect([refused.status, codeOf(refused)]).toEqual([400, 'QUERY_TOO_EXPENSIVE']);
    expect(messageOf(refused)).toMatch(/12 calls.* 5 /);
    expect(await gateway.asked()).toEqual({ partner: 0, reports: 0 });

    const ordered = await download(gateway, { site: 'shop', range, columns: 'id', orderBy: 'PARTNER_ORDERS' });
    expect([ordered.status, codeOf(ordered)]).toEqual([400, 'QUERY_TOO_EXPENSIVE']);
    expect(await gateway.asked()).toEqual({ partner: 0, reports: 0 });

    const affordable = { site: 'shop', range, columns: 'id,partner.orders', search: 'shoe' };
    expect((await download(gateway, affordable)).status).toBe(200);
    expect((await gateway.asked()).partner).toBeLessThanOrEqual(5);
  });

  test('counts reports as well', async () => {
    const gateway = await own({ products: 2, configure: withLimits({ maxReports: 1 }) ?? (() => {}) });
    const presets = ['YESTERDAY', 'LAST_7_DAYS', 'LAST_28_DAYS', 'LAST_90_DAYS'];
    const ofDays = (preset: string) => ({ range: { preset }, googleAnalytics: { pageViews: { gte: 0 } } });
    const filter = JSON.stringify({ and: presets.map(ofDays) });
    const refused = await download(gateway, { site: 'shop', range, filter, columns: 'googleAnalytics.sessions' });
    expect([refused.status, codeOf(refused)]).toEqual([400, 'QUERY_TOO_EXPENSIVE']);
    expect(await gateway.asked()).toEqual({ partner: 0, reports: 0 });
  });

  test('is one report for 2,000 products, ordered by one of its figures', async () => {
    const gateway = await own({ products: 2_000 });
    const columns = 'id,googleAnalytics.pageViews,googleAnalytics.sessions';
    const { rows } = await download(gateway, { site: 'shop', range, columns, orderBy: 'PAGE_VIEWS' });
    expect(rows).toHaveLength(2_000);
    const views = rows.map((row) => Number(row['googleAnalytics.pageViews']));
    expect(views).toEqual(views.toSorted((a, b) => b - a));
    expect(await gateway.asked()).toEqual({ partner: 0, reports: 1 });
  });
});
