import { describe, expect, test } from '@jest/globals';
import { parse, Source } from 'graphql';
import { readFigures } from '../src/figures.js';
import { metricKind } from '../src/metricKinds.js';

const google = (field: string) => `type GoogleAnalyticsSummary {\n${field}\n}`;
const partner = (field: string) => `type PartnerSummary {\n${field}\n}`;
const read = (text: string) => readFigures(parse(new Source(text, 'my.graphql')));

describe('the figures of a schema', () => {
  test('are the fields with @metric and @value, in the order of the schema', () => {
    const { figures, problems } = read(`
      type GoogleAnalyticsSummary { views: SafeInt @metric(name: "screenPageViews") rate: Float @metric(name: "bounceRate") other: Int }
      type PartnerSummary { orders: SafeInt @value(pointer: "/orders", additive: true) note: String @value(pointer: "/a/0/~1b~0") }
    `);
    expect(problems).toEqual([]);
    expect([...figures.googleAnalytics.values()]).toEqual([
      { name: 'views', type: 'SafeInt', metric: 'screenPageViews', kind: 'additive', additive: true },
      { name: 'rate', type: 'Float', metric: 'bounceRate', kind: 'ratio', additive: false },
    ]);
    expect([...figures.partner.values()]).toEqual([
      { name: 'orders', type: 'SafeInt', pointer: '/orders', additive: true },
      { name: 'note', type: 'String', pointer: '/a/0/~1b~0', additive: false },
    ]);
  });

  test('may stand in an extension of their type', () => {
    const { figures } = read('extend type PartnerSummary { x: Int @value(pointer: "/x") }');
    expect([...figures.partner.keys()]).toEqual(['x']);
  });

  test('may be the whole answer', () => {
    expect(read(partner('x: Int @value(pointer: "")')).figures.partner.get('x')?.pointer).toBe('');
  });

  test.each(['Int', 'SafeInt', 'Float', 'Decimal', 'String', 'ID', 'Boolean', 'Date', 'DateTime'])(
    'may have the type %s at the partner',
    (type) => {
      expect(read(partner(`x: ${type} @value(pointer: "/x")`)).problems).toEqual([]);
    },
  );

  test.each(['screenPageViews', 'keyEvents:sign_up', 'customEvent:level', 'active7DayUsers'])(
    'may be the metric %s',
    (metric) => {
      expect(read(google(`x: Float @metric(name: "${metric}")`)).figures.googleAnalytics.get('x')?.metric).toBe(metric);
    },
  );
});

describe('a metric', () => {
  test.each([
    ['screenPageViews', 'additive'],
    ['eventCount', 'additive'],
    ['keyEvents', 'additive'],
    ['keyEvents:purchase', 'additive'],
    ['userEngagementDuration', 'additive'],
    ['totalRevenue', 'additive'],
    ['itemsViewed', 'additive'],
    ['sessions', 'distinct'],
    ['engagedSessions', 'distinct'],
    ['activeUsers', 'distinct'],
    ['totalUsers', 'distinct'],
    ['newUsers', 'distinct'],
    ['engagementRate', 'ratio'],
    ['bounceRate', 'ratio'],
    ['averageSessionDuration', 'ratio'],
    ['sessionsPerUser', 'ratio'],
    ['userKeyEventRate:purchase', 'ratio'],
    ['aMetricOfNextYear', 'ratio'],
    ['constructor', 'ratio'],
  ])('%s is %s', (metric, kind) => {
    expect(metricKind(metric)).toBe(kind);
  });
});

describe('a mapping that cannot work is a problem with file, line and cure:', () => {
  test.each([
    [
      'Google under a partner type',
      partner('x: Int @metric(name: "sessions")'),
      /Google Analytics does not feed PartnerSummary; move .* to GoogleAnalyticsSummary/,
    ],
    [
      'the partner under a Google type',
      google('x: Int @value(pointer: "/x")'),
      /The partner does not feed GoogleAnalyticsSummary; move .* to PartnerSummary/,
    ],
    ['a figure elsewhere', 'type Product {\nx: Int @metric(name: "sessions")\n}', /does not feed Product/],
    ['an inherited name', 'type constructor {\nx: Int @metric(name: "sessions")\n}', /does not feed constructor/],
    ['arguments', google('x(a: Int): Int @metric(name: "sessions")'), /no arguments; remove/],
    ['a type that cannot be null', google('x: Int! @metric(name: "sessions")'), /nullable; remove the "!"/],
    ['a list', google('x: [Int] @metric(name: "sessions")'), /a list .*use one of Int, SafeInt/],
    [
      'a text of Google',
      google('x: String @metric(name: "sessions")'),
      /String under @metric; use one of Int, SafeInt, Float, Decimal\./,
    ],
    [
      'a type without reader',
      partner('x: Product @value(pointer: "/x")'),
      /Product under @value; use one of .*DateTime/,
    ],
    ['a metric without name', google('x: Int @metric'), /needs a name such as "screenPageViews"/],
    ['a name that is no text', google('x: Int @metric(name: 5)'), /needs a name/],
    [
      'a name with other signs',
      google('x: Int @metric(name: "sessions; drop")'),
      /needs a name .* not "sessions; drop"/,
    ],
    ['an empty name', google('x: Int @metric(name: "")'), /needs a name/],
    ['a value without pointer', partner('x: Int @value'), /no JSON Pointer; write "\/orders"/],
    ['a pointer without slash', partner('x: Int @value(pointer: "orders")'), /"orders" is no JSON Pointer/],
    ['a pointer with a lone ~', partner('x: Int @value(pointer: "/a~2")'), /no JSON Pointer/],
    ['additive that is no yes or no', partner('x: Int @value(pointer: "/x", additive: "yes")'), /additive/],
    ['the name of what is no figure', partner('freshness: Int @value(pointer: "/freshness")'), /freshness/],
  ])('%s', (_, text, message) => {
    const { figures, problems } = read(text);
    expect(problems).toEqual([{ file: 'my.graphql', line: 2, message: expect.stringMatching(message) }]);
    expect([...figures.googleAnalytics, ...figures.partner]).toEqual([]);
  });

  test('every one is told, with the field that it is about', () => {
    const { problems } = read(
      google('a: Int @metric(name: "")\nb: Int! @metric(name: "sessions")\nc: Int @value(pointer: "")'),
    );
    expect(problems.map(({ line, message }) => `${line} ${message.split(':')[0]}`)).toEqual([
      '2 GoogleAnalyticsSummary.a',
      '3 GoogleAnalyticsSummary.b',
      '4 GoogleAnalyticsSummary.c',
    ]);
  });
});
