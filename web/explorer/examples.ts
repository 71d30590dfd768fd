import type { DocumentNode } from 'graphql';
import {
  bestSellers,
  figuresAsTheyArrive,
  productById,
  productStats,
  siteOverTime,
  sourceStates,
} from '../../src/demo/operations.js';

/** What the explorer opens with, a tab each. Their variables have defaults, so that they run against the demo as they are. */
export const examples: readonly DocumentNode[] = [
  productStats,
  figuresAsTheyArrive,
  bestSellers,
  siteOverTime,
  productById,
  sourceStates,
];
