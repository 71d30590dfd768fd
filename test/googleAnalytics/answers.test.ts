import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { onFreshDay } from '../helpers/freshDay.js';
import type { AskedReport, RecordedGateway } from '../helpers/recordedGateway.js';
import { startRecordedGateway } from '../helpers/recordedGateway.js';

/** A report as Google sends it. */
interface Report {
  kind?: string;
  dimensionHeaders: { name: string }[];
  metricHeaders: { name: string; type: string }[];
  rows: { dimensionValues: { value: string }[]; metricValues: { value: string }[] }[];
  rowCount: number;
  metadata: object;
}

interface SiteAnswer {
  site: {
    googleAnalytics: Record<string, unknown> | null;
    products: { nodes: { googleAnalytics: Record<string, unknown> | null }[] };
  };
}

let gateway: RecordedGateway;
beforeAll(async () => {
  gateway = await startRecordedGateway({ products: 2 });
});
afterAll(() => gateway.close());

/** An honest answer: 7 of everything, for every key. */
function answerTo({ dimensions = [], metrics = [], dimensionFilter }: AskedReport): Report {
  const keys = dimensionFilter?.filter?.inListFilter?.values ?? [];
  const rowOf = (values: string[]) => ({
    dimensionValues: values.map((value) => ({ value })),
    metricValues: metrics.map(() => ({ value: '7' })),
  });
  return {
    kind: 'analyticsData#runReport',
    dimensionHeaders: [...dimensions],
    metricHeaders: metrics.map(({ name }) => ({ name, type: 'TYPE_INTEGER' })),
    rows: dimensions.length === 0 ? [rowOf([])] : keys.map((key) => rowOf([key])),
    rowCount: Math.max(1, keys.length),
    metadata: { currencyCode: 'EUR', timeZone: 'Europe/Berlin' },
  };
}

const isOfProducts = ({ dimensionHeaders }: Report) => dimensionHeaders.length > 0;

/** Asks for a site and its products in one batch, and spoils the report of the products. */
async function ask(spoil: (report: Report) => void, spoilBatch = (_: { reports: Report[] }) => {}) {
  gateway.recorder.answerWith(({ body }) => {
    const reports = (JSON.parse(body).requests as AskedReport[]).map(answerTo);
    for (const report of reports.filter(isOfProducts)) spoil(report);
    const batch = { reports, kind: 'analyticsData#batchRunReports' };
    spoilBatch(batch);
    return { body: JSON.stringify(batch) };
  });
  const on = onFreshDay();
  return gateway.ask<SiteAnswer>(
    `{ site(id: "shop") { googleAnalytics${on} { pageViews } products { nodes { googleAnalytics${on} { pageViews sessions } } } } }`,
  );
}

const all7 = { pageViews: 7, sessions: 7 };

describe('an answer that is right', () => {
  test('is read by the names of its columns, in whatever order they and the rows come', async () => {
    const { data, errors } = await ask((report) => {
      report.metricHeaders.reverse();
      for (const { metricValues } of report.rows) {
        for (const [index, value] of metricValues.entries()) value.value = String(10 + index);
      }
      report.rows.reverse();
    });
    expect(errors).toBeUndefined();
    const [first, second] = data.site.products.nodes.map(({ googleAnalytics }) => googleAnalytics);
    expect(first).toEqual(second);
    expect(new Set(Object.values(first ?? {}))).toEqual(new Set([10, 11]));
  });

  test.each(['(other)', '(not set)', ''])('may hold a row for "%s", which is nobody\'s', async (value) => {
    const { data, errors } = await ask((report) => {
      report.rows.push({ dimensionValues: [{ value }], metricValues: [{ value: '999' }, { value: '999' }] });
    });
    expect(errors).toBeUndefined();
    for (const { googleAnalytics } of data.site.products.nodes) expect(googleAnalytics).toEqual(all7);
  });

  test('may lack a row, which is 0 where nothing is withheld', async () => {
    const { data, errors } = await ask((report) => {
      report.rows.pop();
      report.rowCount -= 1;
    });
    expect(errors).toBeUndefined();
    const figures = data.site.products.nodes.map(({ googleAnalytics }) => googleAnalytics);
    expect(figures).toEqual([all7, { pageViews: 0, sessions: 0 }]);
  });
});

describe('a quota that is nonsense', () => {
  test.each([{ consumed: '9'.repeat(400) }, { consumed: -1 }, { consumed: 1e300, remaining: 7 }, { remaining: 'x' }])(
    'as %j costs nothing',
    async (tokensPerHour) => {
      const { data, errors } = await ask((report) =>
        Object.assign(report, { propertyQuota: { tokensPerHour, tokensPerDay: { remaining: 100_000 } } }),
      );
      expect(errors).toBeUndefined();
      expect(data.site.products.nodes).toEqual([{ googleAnalytics: all7 }, { googleAnalytics: all7 }]);
    },
  );
});

describe('an answer that is wrong', () => {
  const cases: [string, (report: Report) => void][] = [
    ['is of another kind', (report) => Object.assign(report, { kind: 'analyticsData#runPivotReport' })],
    ['lacks a column', (report) => void report.metricHeaders.pop()],
    ['names a column that nobody asked for', (report) => Object.assign(report.metricHeaders[0] ?? {}, { name: 'x' })],
    ['names another dimension', (report) => Object.assign(report.dimensionHeaders[0] ?? {}, { name: 'pageTitle' })],
    ['has a row without values', (report) => void report.rows[0]?.metricValues.splice(0)],
    ['says two things of one key', (report) => void report.rows.push(...report.rows)],
    ['has fewer rows than it says', (report) => void report.rows.pop()],
    ['has a negative number of rows', (report) => Object.assign(report, { rowCount: -1 })],
    [
      'was made from less than nothing',
      (report) =>
        Object.assign(report.metadata, { samplingMetadatas: [{ samplesReadCount: -5, samplingSpaceSize: 10 }] }),
    ],
    ['has rows that are no list', (report) => Object.assign(report, { rows: { length: 1 } })],
  ];
  test.each(cases)('because a report %s costs the figures of this report only', async (_, spoil) => {
    const { data, errors, status } = await ask(spoil);
    expect(status).toBe(200);
    expect(data.site.googleAnalytics).toEqual({ pageViews: 7 });
    expect(data.site.products.nodes).toEqual([{ googleAnalytics: null }, { googleAnalytics: null }]);
    expect(errors).toHaveLength(2);
    for (const { extensions } of errors ?? []) {
      expect(extensions).toMatchObject({ code: 'SOURCE_BAD_RESPONSE', source: 'googleAnalytics', retryable: false });
    }
  });

  test.each(['12abc', 'nan', '', '9007199254740993', '1.5', '0x10'])(
    'because a value is "%s" costs this figure only',
    async (value) => {
      const { data, errors } = await ask((report) => {
        const cell = report.rows[0]?.metricValues[0];
        if (cell) cell.value = value;
      });
      const [first, second] = data.site.products.nodes.map(({ googleAnalytics }) =>
        Object.values(googleAnalytics ?? {}),
      );
      expect([first?.toSorted(), second]).toEqual([[7, null].toSorted(), [7, 7]]);
      expect(errors).toHaveLength(1);
      expect(errors?.[0]?.extensions).toMatchObject({ code: 'SOURCE_BAD_RESPONSE', source: 'googleAnalytics' });
    },
  );

  test.each<[string, (batch: { reports: Report[] }) => void]>([
    ['has too few reports', ({ reports }) => void reports.pop()],
    ['has too many', ({ reports }) => void reports.push(...reports)],
    ['has none', (batch) => Object.assign(batch, { reports: undefined })],
    ['is of another kind', (batch) => Object.assign(batch, { kind: 'analyticsData#runReport' })],
  ])('because the batch %s costs all of them', async (_, spoilBatch) => {
    const { data, errors } = await ask(() => {}, spoilBatch);
    expect(data.site.googleAnalytics).toBeNull();
    expect(errors).toHaveLength(3);
    for (const { extensions } of errors ?? []) expect(extensions).toMatchObject({ code: 'SOURCE_BAD_RESPONSE' });
  });
});
