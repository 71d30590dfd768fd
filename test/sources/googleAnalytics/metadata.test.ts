import { expect, test } from '@jest/globals';
import { GatewayError } from '../../../src/errors.js';
import { checkProperties, type FieldMetadata } from '../../../src/sources/googleAnalytics/metadata.js';
import { createSite, figures } from '../../helpers/loaderBench.js';

const metrics = new Map([...figures.googleAnalytics.values()].map(({ metric }) => [metric, 'TYPE_INTEGER']));
const complete: FieldMetadata = { metrics, dimensions: new Set(['pagePath']) };
const shop = createSite('shop');
const property = shop.googleAnalytics?.property;

test('a property that has everything has no problem', async () => {
  expect(await checkProperties([shop], figures, async () => complete)).toEqual([]);
});

test('what a property does not have is said of the file in which it is named', async () => {
  const [[name = '', metric] = []] = [...figures.googleAnalytics].map(([field, each]) => [field, each.metric] as const);
  const less = { metrics: new Map([...metrics].filter(([each]) => each !== metric)), dimensions: new Set<string>() };
  const problems = await checkProperties([shop], figures, async () => less);
  expect(problems).toContainEqual({
    place: 'schema',
    message: `property ${property}: GoogleAnalyticsSummary.${name}: there is no metric ${metric}.`,
  });
  expect(problems).toContainEqual({
    place: 'catalog',
    message: `property ${property}: there is no dimension pagePath; write its name as Google does, such as pagePath.`,
  });
});

test('a property that does not tell is a matter of the configuration, once', async () => {
  let asked = 0;
  const refuse = async (): Promise<FieldMetadata> => {
    asked += 1;
    throw new GatewayError('SOURCE_REJECTED', 'Google Analytics refused the request (403).');
  };
  expect(await checkProperties([shop, createSite('outlet')], figures, refuse)).toEqual([
    {
      place: 'configuration',
      message: `property ${property}: SOURCE_REJECTED Google Analytics refused the request (403).`,
    },
  ]);
  expect(asked).toBe(1);
});
