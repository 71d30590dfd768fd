import type { Tally } from './googleHits.js';
import type { MetricDefinition } from './googleMetrics.js';

const ecommerce = { category: 'Ecommerce', eventScoped: true } as const;
const item = { category: 'Ecommerce' } as const;
const integer = { type: 'TYPE_INTEGER' } as const;
const currency = { type: 'TYPE_CURRENCY' } as const;

/** What was put into carts and bought. An order has exactly one item. */
export const commerceMetrics: readonly MetricDefinition[] = [
  {
    ...ecommerce,
    ...integer,
    apiName: 'addToCarts',
    uiName: 'Add to carts',
    description: 'The number of times users added items to their shopping carts.',
    read: ({ carts }) => carts,
  },
  {
    ...ecommerce,
    ...integer,
    apiName: 'checkouts',
    uiName: 'Checkouts',
    description: 'The number of times users started the checkout process.',
    read: ({ orders }) => orders,
  },
  {
    ...ecommerce,
    ...integer,
    apiName: 'ecommercePurchases',
    uiName: 'Ecommerce purchases',
    description: 'The number of times users completed a purchase.',
    read: ({ orders }) => orders,
  },
  {
    ...ecommerce,
    ...integer,
    apiName: 'transactions',
    uiName: 'Transactions',
    description: 'The count of transaction events with purchase revenue.',
    read: ({ orders }) => orders,
  },
  {
    ...ecommerce,
    ...currency,
    apiName: 'purchaseRevenue',
    uiName: 'Purchase revenue',
    description: 'The sum of revenue from purchases.',
    read: readRevenue,
  },
  {
    ...ecommerce,
    ...currency,
    apiName: 'totalRevenue',
    uiName: 'Total revenue',
    description: 'The sum of revenue from purchases, subscriptions, and advertising.',
    read: readRevenue,
  },
  {
    ...item,
    ...integer,
    apiName: 'itemsViewed',
    uiName: 'Items viewed',
    description: 'The number of units viewed.',
    read: ({ views }) => views,
  },
  {
    ...item,
    ...integer,
    apiName: 'itemsAddedToCart',
    uiName: 'Items added to cart',
    description: 'The number of units added to cart for a single item.',
    read: ({ carts }) => carts,
  },
  {
    ...item,
    ...integer,
    apiName: 'itemsPurchased',
    uiName: 'Items purchased',
    description: 'The number of units for a single item included in purchase events.',
    read: ({ orders }) => orders,
  },
  {
    ...item,
    ...currency,
    apiName: 'itemRevenue',
    uiName: 'Item revenue',
    description: 'The total revenue from purchases of items.',
    read: readRevenue,
  },
];

function readRevenue({ revenueCents }: Tally): number {
  return revenueCents / 100;
}
