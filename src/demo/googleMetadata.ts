import type { DimensionDefinition } from './googleDimensions.js';
import { invalidArgument } from './googleErrors.js';
import { areCompatible, coreFields, findFields, findFilterFields } from './googleFields.js';
import type { CheckCompatibilityRequest } from './googleMessages.js';
import type { MetricDefinition } from './googleMetrics.js';

/** Property 0 stands for what every property has. */
export const universalProperty = '0';

const comparisons = [
  ['all-users', 'All Users', 'Includes all your data'],
  ['organic-traffic', 'Organic traffic', 'Includes data from organic search, video, social and shopping'],
  ['direct-traffic', 'Direct traffic', 'Includes data from direct traffic'],
  ['paid-traffic', 'Paid traffic', 'Includes data from paid search, video, social and shopping'],
  ['referral-traffic', 'Referral & affiliates traffic', 'Includes data from referrals and affiliates'],
  ['email-traffic', 'Email, SMS & push notifications traffic', 'Includes data from email, SMS and push notifications'],
  ['mobile-traffic', 'Mobile traffic', 'Includes data from mobile devices'],
  ['web-traffic', 'Web traffic', 'Includes data from websites'],
  ['app-traffic', 'App traffic', 'Includes data from apps'],
] as const;

/** Answers getMetadata: every field that a report can use. Property 0 has neither custom fields nor comparisons. */
export function describeMetadata(property: string) {
  const isUniversal = property === universalProperty;
  return {
    name: `properties/${property}/metadata`,
    dimensions: coreFields.dimensions.filter(({ custom }) => !(custom && isUniversal)).map(describeDimension),
    metrics: coreFields.metrics.filter(({ custom }) => !(custom && isUniversal)).map(describeMetric),
    ...(!isUniversal && {
      comparisons: comparisons.map(([name, uiName, description]) => ({
        apiName: `comparisons/${name}`,
        uiName,
        description,
      })),
    }),
  };
}

/**
 * Answers checkCompatibility: which fields could be added to the request, one by one.
 *
 * @throws GoogleError 400 when the request itself does not fit together, or names a field that there is not.
 */
export function checkCompatibility(request: CheckCompatibilityRequest) {
  const asked = findFields(coreFields, request);
  const filtered = findFilterFields(coreFields, request);
  const dimensions = [...asked.dimensions, ...filtered.dimensions];
  const metrics = [...asked.metrics, ...filtered.metrics];
  if (!areCompatible(dimensions, metrics)) {
    throw invalidArgument('The dimensions and metrics are incompatible.');
  }
  const wanted = request.compatibilityFilter;
  const isWanted = ({ compatibility }: { compatibility: string }) =>
    wanted === 'COMPATIBILITY_UNSPECIFIED' || wanted === compatibility;
  const dimensionCompatibilities = coreFields.dimensions
    .map((dimension) => ({
      dimensionMetadata: describeDimension(dimension),
      compatibility: nameCompatibility(areCompatible([...dimensions, dimension], metrics)),
    }))
    .filter(isWanted);
  const metricCompatibilities = coreFields.metrics
    .map((metric) => ({
      metricMetadata: describeMetric(metric),
      compatibility: nameCompatibility(areCompatible(dimensions, [...metrics, metric])),
    }))
    .filter(isWanted);
  return {
    ...(dimensionCompatibilities.length > 0 && { dimensionCompatibilities }),
    ...(metricCompatibilities.length > 0 && { metricCompatibilities }),
  };
}

function nameCompatibility(compatible: boolean): string {
  return compatible ? 'COMPATIBLE' : 'INCOMPATIBLE';
}

function describeDimension({ apiName, uiName, description, category, custom }: DimensionDefinition) {
  return { apiName, uiName, description, category, ...(custom && { customDefinition: true }) };
}

function describeMetric({ custom, deprecatedApiNames, ...metric }: MetricDefinition) {
  const { apiName, uiName, description, category, type } = metric;
  return {
    apiName,
    uiName,
    description,
    category,
    type,
    ...(deprecatedApiNames && { deprecatedApiNames }),
    ...(custom && { customDefinition: true }),
  };
}
