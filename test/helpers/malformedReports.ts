import type { Malformer } from './malformed.js';
import type { AskedReport } from './recordedGateway.js';

export interface MalformedReport extends Record<string, unknown> {
  dimensionHeaders: { name: string }[];
  metricHeaders: { name: string }[];
  rows: { dimensionValues: { value: unknown }[]; metricValues: { value: unknown }[] }[];
}

/** What may stand where a number should. */
const notNumbers: unknown[] = [
  '1,234',
  '',
  'NaN',
  '1e999',
  '1e9999',
  '0x10',
  '9007199254740993',
  '-1',
  '1.5',
  ' 7',
  '١',
];

/** Reports of Google as the Data API would send them, and what may be wrong with them. */
export function createReportMalformer({ random, upTo, oneOf }: Malformer) {
  const anything = () =>
    oneOf<unknown>(null, 0, -1, 1e300, 0.5, '7', '', 'x', true, [], {}, [null], [{}], { value: {} });
  const count = () => oneOf<unknown>('1', 1, '0', '10', 10, -5, 1.5, '9'.repeat(400), 'x', null);

  /** A row for most of the keys, for each of the ranges; mostly with a number in each place. */
  function reportFor({ dimensions = [], metrics = [], dateRanges, dimensionFilter }: AskedReport): MalformedReport {
    const keys = dimensionFilter?.filter?.inListFilter?.values ?? [''];
    const ranges = dateRanges.length > 1 ? dateRanges.map(({ name }) => name ?? '') : [''];
    const columns = [...dimensions.map(({ name }) => name), ...(ranges.length > 1 ? ['dateRange'] : [])];
    const number = () => (random() < 0.9 ? String(upTo(1e6)) : oneOf(...notNumbers));
    const rows = ranges.flatMap((range) =>
      keys
        .filter(() => random() < 0.9)
        .map((key) => ({
          dimensionValues: columns.map((name) => ({ value: name === 'dateRange' ? range : key })),
          metricValues: metrics.map(() => ({ value: number() })),
        })),
    );
    return {
      kind: 'analyticsData#runReport',
      dimensionHeaders: columns.map((name) => ({ name })),
      metricHeaders: metrics.map(({ name }) => ({ name })),
      rows,
      rowCount: new Set(rows.map(({ dimensionValues }) => dimensionValues[0]?.value)).size,
    };
  }

  type Spoil = (report: MalformedReport) => unknown;
  const anyRow = ({ rows }: MalformedReport) => rows[upTo(rows.length)];
  const spoilCells: readonly Spoil[] = [
    (report) => anyRow(report)?.metricValues.pop(),
    (report) => anyRow(report)?.metricValues.splice(0, 1, { value: oneOf(...notNumbers, 7, null, {}) }),
    (report) => anyRow(report)?.dimensionValues.reverse(),
    (report) => anyRow(report)?.dimensionValues.splice(0, 1, { value: oneOf<unknown>('(other)', '', '/p/other', 7) }),
  ];
  const spoilTable: readonly Spoil[] = [
    (report) => Object.assign(report, { [oneOf('kind', 'rows', 'rowCount', 'metricHeaders')]: anything() }),
    (report) => delete report[oneOf('kind', 'rows', 'rowCount', 'dimensionHeaders', 'metricHeaders')],
    (report) => report.metricHeaders.reverse(),
    (report) => report.metricHeaders.push({ name: 'screenPageViews' }),
    (report) => report.dimensionHeaders.pop(),
    (report) => report.rows.push(...report.rows.slice(0, 1)),
    (report) => report.rows.push({ dimensionValues: [], metricValues: [] }),
    (report) => report.rows.shift(),
  ];
  const metadata: readonly (() => unknown)[] = [
    anything,
    () => ({ subjectToThresholding: oneOf<unknown>(true, 'true', 1) }),
    () => ({ dataLossFromOtherRow: oneOf<unknown>(true, 'true', 1) }),
    () => ({ dataTruncationReasons: anything() }),
    () => ({ samplingMetadatas: Array(upTo(3)).fill({ samplesReadCount: count(), samplingSpaceSize: count() }) }),
    () => ({ schemaRestrictionResponse: anything() }),
    () => ({ schemaRestrictionResponse: { activeMetricRestrictions: [{ metricName: 'screenPageViews' }] } }),
  ];
  const quota = () => ({
    [oneOf('tokensPerHour', 'tokensPerDay', '__proto__')]: { consumed: count(), remaining: count() },
  });

  /** Makes the report wrong in one way, or lets it say something about itself. */
  function spoil(report: MalformedReport): MalformedReport {
    const kind = random();
    if (kind < 0.3) oneOf(...spoilCells)(report);
    else if (kind < 0.6) oneOf(...spoilTable)(report);
    else if (kind < 0.9) Object.assign(report, { metadata: oneOf(...metadata)() });
    else Object.assign(report, { propertyQuota: quota() });
    return report;
  }

  return { reportFor, spoil };
}
