import { differenceView } from './cellView.js';
import { compareFigure } from './compare.js';
import { h, spoken } from './dom.js';
import { explainFailure, type Failure } from './failures.js';
import { type Figure, figureById, sourceLabels } from './figures.js';
import { type FigureValue, type FormatOptions, formatCompact, formatExact } from './format.js';
import type { PartnerSumsFragment } from './generated/graphql.js';
import type { Side } from './rows.js';
import { chartedFields, type State } from './state.js';

/** What is known of the site as a whole. A side that is undefined is still to come. */
export interface SiteFigures {
  readonly googleAnalytics: Side | null | undefined;
  readonly googleAnalyticsBefore: Side | null | undefined;
  readonly partner: PartnerSumsFragment | null | undefined;
  readonly partnerBefore: PartnerSumsFragment | null | undefined;
  /** The partner's figures do not hold all products yet. */
  readonly isGrowing: boolean;
  readonly failures: { readonly googleAnalytics?: Failure | undefined; readonly partner?: Failure | undefined };
}

export interface TilesOptions extends FormatOptions {
  readonly now: number;
  readonly state: State;
  onChart(field: string): void;
}

const tileIds = [
  'googleAnalytics.sessions',
  'googleAnalytics.activeUsers',
  'googleAnalytics.pageViews',
  'googleAnalytics.engagementRate',
  'partner.impressions',
  'partner.clicks',
  'partner.orders',
  'partner.revenue',
];

/** The large figures; those that can be drawn over time choose what the chart draws. */
export function tileViews(site: SiteFigures, options: TilesOptions): HTMLElement[] {
  return tileIds.flatMap((id) => {
    const figure = figureById(id);
    return figure ? [tileView(figure, site, options)] : [];
  });
}

function tileView(figure: Figure, site: SiteFigures, { state, onChart, ...options }: TilesOptions): HTMLElement {
  const source = figure.source === 'partner' ? 'partner' : 'googleAnalytics';
  const body = [
    h('span', { class: 'tile-label' }, figure.label, h('small', {}, source === 'partner' ? 'Partner' : 'GA')),
    ...valueViews(figure, source, site, options, state.compare !== 'NONE'),
  ];
  const isCharted = chartedFields.some((field) => field === figure.name) && source === 'googleAnalytics';
  if (!isCharted)
    return h('div', { class: `tile ${source}`, 'data-figure': figure.id, title: figure.description }, ...body);
  return h(
    'button',
    {
      class: `tile ${source}`,
      type: 'button',
      'data-figure': figure.id,
      title: `${figure.description} Click to draw it over time.`,
      'aria-pressed': String(state.chart === figure.name),
      onclick: () => onChart(figure.name),
    },
    ...body,
  );
}

function valueViews(
  figure: Figure,
  source: 'googleAnalytics' | 'partner',
  site: SiteFigures,
  options: FormatOptions & { readonly now: number },
  compares: boolean,
): Node[] {
  const failure = site.failures[source];
  if (failure) {
    const { short, long } = explainFailure(failure, options);
    return [h('span', { class: 'tile-value failed', title: long }, short)];
  }
  const side: Record<string, unknown> | null | undefined = site[source];
  if (side === undefined)
    return [h('span', { class: 'tile-value' }, h('span', { class: 'skeleton' }), spoken('loading'))];
  const value = side?.[figure.name] as FigureValue;
  const before = site[`${source}Before` as const]?.[figure.name as 'freshness'] as FigureValue;
  const shown = {
    ...options,
    currency: source === 'partner' ? (site.partner?.currency ?? null) : (options.currency ?? null),
  };
  const difference = compares ? compareFigure(figure, value, before, shown) : null;
  const isPartial = site.isGrowing && source === 'partner';
  const exact = `${sourceLabels[source]}: ${formatExact(value, figure.format, shown)}${isPartial ? ', so far' : ''}`;
  return [
    h(
      'span',
      { class: `tile-value${isPartial ? ' partial' : ''}`, title: exact },
      formatCompact(value, figure.format, shown),
    ),
    h('span', { class: 'tile-difference' }, compares && (difference ? differenceView(difference) : '–')),
  ];
}
