import type { ProductOrderField } from './generated/graphql.js';

export type FigureSource = 'googleAnalytics' | 'partner' | 'combined';
/** How a figure is written: money takes the currency of its row, a share is 0 to 1, a duration is in seconds. */
export type FigureFormat = 'count' | 'money' | 'share' | 'duration' | 'ratio' | 'moment';

export interface Figure {
  /** `partner.orders`: unique, and what URLs say. */
  readonly id: string;
  readonly source: FigureSource;
  /** The field's name in the schema. */
  readonly name: string;
  readonly orderBy: ProductOrderField;
  readonly label: string;
  readonly format: FigureFormat;
  /** Which way is good news; null where a change is neither. */
  readonly goodDirection: 'up' | 'down' | null;
  /** Whether it may be summed over products, so that a row has a share of the total. */
  readonly isAdditive: boolean;
  readonly description: string;
  /** Whether the table shows it before anybody chooses columns. */
  readonly isUsual: boolean;
}

type Presentation = Partial<
  Pick<Figure, 'label' | 'format' | 'goodDirection' | 'isAdditive' | 'description' | 'isUsual'>
>;

/** Every figure of the schema: an empty entry is enough for a new one, it then takes its label from its name. */
const presentations: Record<Exclude<ProductOrderField, 'NAME'>, Presentation> = {
  PAGE_VIEWS: { isAdditive: true, isUsual: true, description: 'How often its pages were viewed, repeats included.' },
  SESSIONS: { isUsual: true, description: 'Sessions that saw it. One session may see several products.' },
  ACTIVE_USERS: { isUsual: true, description: 'Different people with an engaged visit.' },
  NEW_USERS: { description: 'People who came for the first time.' },
  ENGAGEMENT_RATE: {
    label: 'Engagement',
    format: 'share',
    isUsual: true,
    description: 'Sessions over 10 seconds, with a key event or with two page views.',
  },
  AVERAGE_SESSION_DURATION: {
    label: 'Session time',
    format: 'duration',
    description: 'Mean length of a session.',
  },
  BOUNCE_RATE: { format: 'share', goodDirection: 'down', description: 'Sessions that were not engaged.' },
  EVENT_COUNT: { label: 'Events', isAdditive: true, goodDirection: null, description: 'Events of any kind.' },
  KEY_EVENTS: { isAdditive: true, description: 'Events that matter most, once called conversions.' },
  TOTAL_REVENUE: {
    label: 'GA revenue',
    format: 'money',
    isAdditive: true,
    description: 'Purchases, subscriptions and advertising less refunds, as Google counts them.',
  },
  PARTNER_IMPRESSIONS: { isAdditive: true, isUsual: true, description: 'How often the partner showed it.' },
  PARTNER_CLICKS: { isAdditive: true, isUsual: true, description: 'How often it was clicked at the partner.' },
  PARTNER_ORDERS: { isAdditive: true, isUsual: true, description: 'Orders that the partner counted.' },
  PARTNER_REVENUE: {
    format: 'money',
    isAdditive: true,
    isUsual: true,
    description: "What the orders were worth, in the partner's currency.",
  },
  PARTNER_UPDATED_AT: {
    label: 'Counted at',
    format: 'moment',
    goodDirection: null,
    description: 'When the partner last brought its figures up to date.',
  },
  COMBINED_ORDERS_PER_SESSION: {
    label: 'Orders / session',
    format: 'ratio',
    isUsual: true,
    description: "The partner's orders for each session that Google counted.",
  },
  COMBINED_REVENUE_PER_PAGE_VIEW: {
    label: 'Revenue / view',
    format: 'money',
    description: "The partner's revenue for each page view, in the site's currency.",
  },
};

/** In the order of the table's columns. */
export const figures: readonly Figure[] = Object.entries(presentations).map(([orderBy, presentation]) =>
  describeFigure(orderBy as ProductOrderField, presentation),
);

export const sourceLabels: Record<FigureSource, string> = {
  googleAnalytics: 'Google Analytics',
  partner: 'Partner',
  combined: 'Both together',
};

const byId = new Map(figures.map((figure) => [figure.id, figure]));

export function figureById(id: string): Figure | undefined {
  return byId.get(id);
}

/** What is known of a figure from its name alone, and what somebody wrote about it. */
export function describeFigure(orderBy: ProductOrderField, presentation: Presentation = {}): Figure {
  const [, prefix = '', rest = orderBy] = /^(?:(PARTNER|COMBINED)_)?(.+)$/.exec(orderBy) ?? [];
  const source = prefix === '' ? 'googleAnalytics' : (prefix.toLowerCase() as FigureSource);
  const name = rest.toLowerCase().replace(/_(\w)/g, (_, letter: string) => letter.toUpperCase());
  const words = rest.toLowerCase().replaceAll('_', ' ');
  return {
    id: `${source}.${name}`,
    source,
    name,
    orderBy,
    label: words.charAt(0).toUpperCase() + words.slice(1),
    format: source === 'combined' ? 'ratio' : 'count',
    goodDirection: 'up',
    isAdditive: false,
    description: '',
    isUsual: false,
    ...presentation,
  };
}
