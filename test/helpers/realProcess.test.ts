import { expect, test } from '@jest/globals';
import { mishapsDuring } from './realProcess.js';

test('a rejection that nobody catches is noticed', async () => {
  const lost = new Error('lost');
  expect(await mishapsDuring(async () => {})).toEqual([]);
  expect(await mishapsDuring(async () => void Promise.reject(lost))).toEqual([lost]);
});
