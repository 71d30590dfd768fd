import { describe, expect, test } from '@jest/globals';
import { validateAgainst } from '../helpers/discovery.js';

describe('validation against Google’s schemas', () => {
  test('accepts what fits', () => {
    expect(
      validateAgainst('RunReportRequest', { limit: '10', dimensions: [{ name: 'date' }], keepEmptyRows: true }),
    ).toEqual([]);
  });

  test.each<[string, unknown, string]>([
    ['RunReportRequest', { limits: '1' }, 'RunReportRequest.limits: unknown property'],
    ['RunReportRequest', { limit: 10 }, 'RunReportRequest.limit: 10 is not a string of format int64'],
    ['RunReportRequest', { dimensions: {} }, 'RunReportRequest.dimensions: not a list'],
    ['RunReportRequest', { dimensions: ['date'] }, 'RunReportRequest.dimensions[0]: not an object'],
    ['RunReportResponse', { rowCount: '1' }, 'RunReportResponse.rowCount: "1" is not a integer of format int32'],
    ['MetricHeader', { type: 'TYPE_NUMBER' }, 'MetricHeader.type: "TYPE_NUMBER" is not one of '],
    ['Status', { details: [{ anything: 1 }], code: null }, 'Status.code: null is not a integer of format int32'],
  ])('names what does not fit %s', (schema, value, problem) => {
    expect(validateAgainst(schema, value)).toEqual([expect.stringContaining(problem)]);
  });

  test('knows no other messages', () => {
    expect(() => validateAgainst('RunNothing', {})).toThrow('The discovery document has no schema RunNothing.');
  });
});
