import type { Product } from '../catalog/catalog.js';
import type { Hit } from './googleHits.js';
import { timeDimensions } from './googleTimeDimensions.js';
import { hash } from './random.js';

export interface DimensionDefinition {
  readonly apiName: string;
  readonly uiName: string;
  readonly category: string;
  readonly description: string;
  read(hit: Hit): string;
  /** Goes with users, sessions and items, but not with metrics that count events. */
  readonly itemScoped?: true;
  /** Could tell who somebody is, so Google withholds small rows. */
  readonly thresholded?: true;
  readonly custom?: true;
  /** Has so many values that Google may fold the rare ones into `(other)`. */
  readonly manyValues?: true;
}

const page = { category: 'Page / screen', manyValues: true } as const;
const item = { category: 'Ecommerce', itemScoped: true, manyValues: true } as const;

/** What a report can be grouped and filtered by. */
export const dimensions: readonly DimensionDefinition[] = [
  {
    ...page,
    apiName: 'pagePath',
    uiName: 'Page path',
    description: 'The portion of the URL between the hostname and query string.',
    read: ({ product }) => pathOf(product),
  },
  {
    ...page,
    apiName: 'pagePathPlusQueryString',
    uiName: 'Page path + query string',
    description: 'The portion of the URL following the hostname.',
    read: (hit) => `${pathOf(hit.product)}${hit.position === 0 ? readQuery(hit) : ''}`,
  },
  {
    ...page,
    apiName: 'unifiedPagePathScreen',
    uiName: 'Page path and screen class',
    description: 'The page path on which the event was logged.',
    read: ({ product }) => pathOf(product),
  },
  {
    ...page,
    apiName: 'pageTitle',
    uiName: 'Page title',
    description: 'The web page titles used on your site.',
    read: readTitle,
  },
  {
    ...page,
    apiName: 'landingPage',
    uiName: 'Landing page',
    description: 'The page path associated with the first pageview in a session.',
    read: (hit) => (isUnseen(hit) ? notSet : pathOf(hit.landing)),
  },
  {
    ...page,
    apiName: 'landingPagePlusQueryString',
    uiName: 'Landing page + query string',
    description: 'The page path and query string associated with the first pageview in a session.',
    read: (hit) => (isUnseen(hit) ? notSet : `${pathOf(hit.landing)}${readQuery(hit)}`),
  },
  {
    category: 'Page / screen',
    apiName: 'hostName',
    uiName: 'Hostname',
    description: 'Includes the subdomain and domain names of a URL.',
    read: ({ site }) => `www.${site.id}.example`,
  },
  {
    ...item,
    apiName: 'itemId',
    uiName: 'Item ID',
    description: 'ID of the item.',
    read: ({ product }) => product.id,
  },
  {
    ...item,
    apiName: 'itemName',
    uiName: 'Item name',
    description: 'The name of the item.',
    read: ({ product }) => product.name,
  },
  {
    apiName: 'customEvent:color',
    uiName: 'Colour',
    category: 'Custom',
    description: 'An event-scoped custom dimension for your Analytics property.',
    custom: true,
    read: ({ product }) => (product.name.split(' ')[0] ?? '').toLowerCase(),
  },
  ...timeDimensions,
  {
    apiName: 'newVsReturning',
    uiName: 'New / returning',
    category: 'User',
    description: 'New users have 0 previous sessions, and returning users have 1 or more.',
    read: ({ visit }) => (visit.newUser ? 'new' : 'returning'),
  },
  {
    apiName: 'deviceCategory',
    uiName: 'Device category',
    category: 'Platform / device',
    description: 'The type of device: desktop, tablet, or mobile.',
    read: readDevice,
  },
  {
    apiName: 'userGender',
    uiName: 'Gender',
    category: 'Demographics',
    description: 'User gender.',
    thresholded: true,
    read: ({ visit }) => ['unknown', 'female', 'male'][hash(`gender ${visit.userId}`) % 3] ?? 'unknown',
  },
];

const notSet = '(not set)';

function pathOf({ googleAnalyticsKeys }: Product): string {
  return googleAnalyticsKeys[0] ?? notSet;
}

export function readTitle({ product, site }: Hit): string {
  return `${product.name} | ${site.name}`;
}

export function readDevice({ visit }: Hit): string {
  return ['desktop', 'mobile', 'mobile', 'tablet'][visit.userId % 4] ?? 'desktop';
}

/** Some sessions began in a way that Google could not see; on real sites this is often the first row. */
function isUnseen({ visit }: Hit): boolean {
  return visit.userId % 17 === 0;
}

/** Newsletter readers arrive with a query string. */
function readQuery({ visit }: Hit): string {
  return visit.userId % 5 === 0 ? '?utm_source=newsletter&utm_medium=email' : '';
}
