import { describe, expect, test } from '@jest/globals';
import { parse, Source } from 'graphql';
import { constantOf, orderableFigures, readFigures } from '../src/figures.js';
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
    ['a misspelt argument', partner('x: Int @value(poiner: "/x")'), /@value has no poiner; did you mean pointer\?$/],
    ['an argument of another directive', partner('x: Int @value(pointer: "/x", per: "y")'), /has no per; known are/],
    ['a value without pointer', partner('x: Int @value'), /no JSON Pointer; write "\/orders"/],
    ['a pointer without slash', partner('x: Int @value(pointer: "orders")'), /"orders" is no JSON Pointer/],
    ['a pointer with a lone ~', partner('x: Int @value(pointer: "/a~2")'), /no JSON Pointer/],
    [
      'a text that is to be added up',
      partner('x: String @value(pointer: "/x", additive: true)'),
      /only numbers can be added up; remove "additive: true"/,
    ],
    ['a moment that is to be added up', partner('x: DateTime @value(pointer: "/x", additive: true)'), /only numbers/],
    [
      'the name of what totals say',
      partner('coveredProducts: Int @value(pointer: "/x")'),
      /coveredProducts|totals say/,
    ],
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

describe('a ratio', () => {
  const sources = `type PartnerSummary { orders: Int @value(pointer: "/o") note: String @value(pointer: "/n") }
type GoogleAnalyticsSummary { sessions: SafeInt @metric(name: "sessions") }
type GoogleAnalyticsPoint { views: SafeInt @metric(name: "screenPageViews") }`;
  const ratio = (field: string) => `${sources}\ntype CombinedSummary {\n${field}\n}`;

  test('divides one figure by another, whichever source and type of the file comes first', () => {
    const text = `type CombinedSummary { conversion: Float @ratio(of: "partner.orders", per: "googleAnalytics.sessions") }\n${sources}`;
    const { figures, problems } = read(text);
    expect(problems).toEqual([]);
    expect([...figures.combined.values()]).toEqual([
      {
        name: 'conversion',
        type: 'Float',
        additive: false,
        of: { source: 'partner', figure: 'orders' },
        per: { source: 'googleAnalytics', figure: 'sessions' },
      },
    ]);
  });

  test('may be of one source, or of a figure and itself', () => {
    const text = ratio('a: Float @ratio(of: "partner.orders", per: "partner.orders")');
    expect(read(text).figures.combined.get('a')).toMatchObject({
      of: { source: 'partner' },
      per: { source: 'partner' },
    });
  });

  test('of several stands in the order of the schema', () => {
    const line = (name: string) => `${name}: Float @ratio(of: "partner.orders", per: "googleAnalytics.sessions")`;
    expect([...read(ratio(['c', 'a', 'b'].map(line).join('\n'))).figures.combined.keys()]).toEqual(['c', 'a', 'b']);
  });

  test.each([
    ['a figure that is not there', 'x: Float @ratio(of: "partner.clicks", per: "partner.orders")', /of needs .*clicks/],
    ['the other side', 'x: Float @ratio(of: "partner.orders", per: "sessions")', /per needs a figure such as/],
    ['a source that is not there', 'x: Float @ratio(of: "shop.orders", per: "partner.orders")', /of needs a figure/],
    ['a point of a series', 'x: Float @ratio(of: "partner.orders", per: "googleAnalytics.views")', /per needs/],
    ['another ratio', 'x: Float @ratio(of: "combined.y", per: "partner.orders")', /of needs/],
    ['an inherited name', 'x: Float @ratio(of: "partner.constructor", per: "partner.orders")', /of needs/],
    ['a name with a rest', 'x: Float @ratio(of: "partner.orders.sum", per: "partner.orders")', /of needs/],
    ['nothing to divide', 'x: Float @ratio(per: "partner.orders")', /of needs .* not null/],
    ['nothing to divide by', 'x: Float @ratio(of: "partner.orders")', /per needs .* not null/],
    ['a number for a name', 'x: Float @ratio(of: 5, per: "partner.orders")', /of needs/],
    ['a text', 'x: Float @ratio(of: "partner.orders", per: "partner.note")', /note is a String, and only numbers/],
    ['whole numbers', 'x: Int @ratio(of: "partner.orders", per: "partner.orders")', /use one of Float\./],
    ['a type that cannot be null', 'x: Float! @ratio(of: "partner.orders", per: "partner.orders")', /remove the "!"/],
    ['arguments', 'x(a: Int): Float @ratio(of: "partner.orders", per: "partner.orders")', /no arguments/],
    ['a metric', 'x: Float @metric(name: "sessions")', /does not feed CombinedSummary; move .*GoogleAnalyticsSummary/],
    ['a taken name', 'freshness: Float @ratio(of: "partner.orders", per: "partner.orders")', /name is taken/],
  ])('with %s is a problem with line and cure', (_, field, message) => {
    const { figures, problems } = read(ratio(field));
    expect(problems).toEqual([{ file: 'my.graphql', line: 5, message: expect.stringMatching(message) }]);
    expect(figures.combined.size).toBe(0);
  });

  test('elsewhere is told where ratios belong', () => {
    const { problems } = read(partner('x: Float @ratio(of: "partner.x", per: "partner.x")'));
    expect(problems.map(({ message }) => message)).toEqual([
      'PartnerSummary.x: only CombinedSummary holds ratios; move the field there, or remove @ratio.',
    ]);
  });
});

describe('a figure that is named by an enum value', () => {
  test.each([
    ['googleAnalytics', 'pageViews', 'PAGE_VIEWS'],
    ['partner', 'pageViews', 'PARTNER_PAGE_VIEWS'],
    ['combined', 'ordersPerSession', 'COMBINED_ORDERS_PER_SESSION'],
    ['partner', 'updatedAt', 'PARTNER_UPDATED_AT'],
    ['googleAnalytics', 'active7DayUsers', 'ACTIVE7_DAY_USERS'],
    ['googleAnalytics', 'views', 'VIEWS'],
  ] as const)('%s.%s is %s', (home, name, constant) => {
    expect(constantOf(home, name)).toBe(constant);
  });

  test.each([
    [
      'two figures of one source',
      google('pageViews: Int @metric(name: "a")\npage_views: Int @metric(name: "b")'),
      3,
      /page_views: ordered by, it would be PAGE_VIEWS, as googleAnalytics\.pageViews is; choose another name/,
    ],
    [
      'figures of both sources',
      `${google('partnerOrders: Int @metric(name: "a")')}\n${partner('orders: Int @value(pointer: "/o")')}`,
      5,
      /PartnerSummary\.orders: .* PARTNER_ORDERS, as googleAnalytics\.partnerOrders is/,
    ],
    ['the name of a product', google('name: Int @metric(name: "a")'), 2, /NAME, as the name of a product is/],
  ])('must not be the same for %s', (_, text, line, message) => {
    expect(read(text).problems).toEqual([{ file: 'my.graphql', line, message: expect.stringMatching(message) }]);
  });

  test('may be the same where nothing is ordered by it, and in the points of a series', () => {
    const text = `${partner('orders: Int @value(pointer: "/o")\nupdated_by: String @value(pointer: "/a")\nupdatedBy: String @value(pointer: "/b")')}
      ${google('views: Int @metric(name: "a")')}
      type GoogleAnalyticsPoint { views: Int @metric(name: "a") }`;
    expect(read(text).problems).toEqual([]);
  });

  test('is a number, a day or a moment', () => {
    const types = ['Int', 'SafeInt', 'Float', 'Decimal', 'String', 'ID', 'Boolean', 'Date', 'DateTime'];
    const { figures } = read(partner(types.map((type) => `x${type}: ${type} @value(pointer: "/x")`).join('\n')));
    expect(orderableFigures(figures, 'partner').map(({ type }) => type)).toEqual([
      'Int',
      'SafeInt',
      'Float',
      'Decimal',
      'Date',
      'DateTime',
    ]);
  });
});
