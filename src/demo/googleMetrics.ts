import { commerceMetrics } from './googleCommerceMetrics.js';
import { countDistinct, type Tally } from './googleHits.js';

export type MetricType = 'TYPE_INTEGER' | 'TYPE_FLOAT' | 'TYPE_SECONDS' | 'TYPE_CURRENCY' | 'TYPE_STANDARD';

export interface MetricDefinition {
  readonly apiName: string;
  readonly uiName: string;
  readonly category: string;
  readonly description: string;
  readonly type: MetricType;
  read(tally: Tally): number;
  /** Counts events, so it does not go with item-scoped dimensions. */
  readonly eventScoped?: true;
  /** Divides two counts: a sample says it as it is, while counts must be multiplied. */
  readonly isRatio?: true;
  readonly custom?: true;
  readonly deprecatedApiNames?: readonly string[];
}

const page = { category: 'Page / screen' } as const;
const event = { category: 'Event', eventScoped: true } as const;
const session = { category: 'Session' } as const;
const user = { category: 'User' } as const;
const integer = { type: 'TYPE_INTEGER' } as const;
const float = { type: 'TYPE_FLOAT' } as const;
const seconds = { type: 'TYPE_SECONDS' } as const;

/** What a report can count. Money is in the property's currency. */
export const metrics: readonly MetricDefinition[] = [
  {
    ...page,
    ...integer,
    eventScoped: true,
    apiName: 'screenPageViews',
    uiName: 'Views',
    description: 'The number of app screens or web pages your users viewed. Repeated views are counted.',
    read: ({ views }) => views,
  },
  {
    ...page,
    ...float,
    eventScoped: true,
    isRatio: true,
    apiName: 'screenPageViewsPerSession',
    uiName: 'Views per session',
    description: 'The number of app screens or web pages your users viewed per session.',
    read: ({ views, sessions }) => ratio(views, sessions),
  },
  {
    ...event,
    ...integer,
    apiName: 'eventCount',
    uiName: 'Event count',
    description: 'The count of events.',
    read: ({ events }) => events,
  },
  {
    ...event,
    ...float,
    apiName: 'keyEvents',
    uiName: 'Key events',
    description: 'The count of key events.',
    deprecatedApiNames: ['conversions'],
    read: ({ orders }) => orders,
  },
  {
    ...event,
    ...float,
    apiName: 'keyEvents:purchase',
    uiName: 'Key events for purchase',
    description: 'The count of key events of one kind.',
    deprecatedApiNames: ['conversions:purchase'],
    read: ({ orders }) => orders,
  },
  {
    ...session,
    ...integer,
    apiName: 'sessions',
    uiName: 'Sessions',
    description: 'The number of sessions that began on your site or app.',
    read: ({ sessions }) => sessions,
  },
  {
    ...session,
    ...integer,
    apiName: 'engagedSessions',
    uiName: 'Engaged sessions',
    description: 'Sessions of 10 seconds or more, with a key event, or with 2 or more views.',
    read: ({ engagedSessions }) => engagedSessions,
  },
  {
    ...session,
    ...float,
    isRatio: true,
    apiName: 'engagementRate',
    uiName: 'Engagement rate',
    description: 'The share of engaged sessions: engaged sessions divided by sessions.',
    read: ({ engagedSessions, sessions }) => ratio(engagedSessions, sessions),
  },
  {
    ...session,
    ...float,
    isRatio: true,
    apiName: 'bounceRate',
    uiName: 'Bounce rate',
    description: 'The share of sessions that were not engaged.',
    read: ({ engagedSessions, sessions }) => ratio(sessions - engagedSessions, sessions),
  },
  {
    ...session,
    ...seconds,
    isRatio: true,
    apiName: 'averageSessionDuration',
    uiName: 'Average session duration',
    description: 'The average duration in seconds of sessions.',
    read: ({ sessionSeconds, sessions }) => ratio(sessionSeconds, sessions),
  },
  {
    ...session,
    ...float,
    isRatio: true,
    apiName: 'sessionsPerUser',
    uiName: 'Sessions per user',
    description: 'The average number of sessions per active user.',
    read: ({ sessions, activeUserIds }) => ratio(sessions, countDistinct(activeUserIds)),
  },
  {
    ...user,
    ...integer,
    apiName: 'activeUsers',
    uiName: 'Active users',
    description: 'The number of distinct users who were engaged or came for the first time.',
    read: ({ activeUserIds }) => countDistinct(activeUserIds),
  },
  {
    ...user,
    ...integer,
    apiName: 'totalUsers',
    uiName: 'Total users',
    description: 'The number of distinct users who logged at least one event.',
    read: ({ userIds }) => countDistinct(userIds),
  },
  {
    ...user,
    ...integer,
    apiName: 'newUsers',
    uiName: 'New users',
    description: 'The number of users who came for the first time.',
    read: ({ newUsers }) => newUsers,
  },
  {
    ...user,
    ...seconds,
    apiName: 'userEngagementDuration',
    uiName: 'User engagement',
    description: 'The total time in seconds that your website was in the foreground.',
    read: ({ engagementSeconds }) => engagementSeconds,
  },
  {
    type: 'TYPE_STANDARD',
    category: 'Custom',
    eventScoped: true,
    custom: true,
    apiName: 'customEvent:images_viewed',
    uiName: 'Images viewed',
    description: 'An event-scoped custom metric for your Analytics property.',
    read: ({ images }) => images,
  },
  ...commerceMetrics,
];

function ratio(part: number, whole: number): number {
  return whole === 0 ? 0 : part / whole;
}
