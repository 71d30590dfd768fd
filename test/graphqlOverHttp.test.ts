import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type AuditResult, serverAudits } from 'graphql-http';
import { type RunningGateway, startGateway } from './helpers/gateway.js';

/** What is left open on purpose, as Apollo Server does. */
const known = { warn: ['572B', '7B9B', 'FDE2'], notice: ['5A70', '6A70', 'D6D5'] };

describe("the audits of graphql-http, against the gateway's own port", () => {
  let gateway: RunningGateway;
  let results: AuditResult[];

  beforeAll(async () => {
    gateway = await startGateway({ products: 1 });
    results = await Promise.all(serverAudits({ url: gateway.url, fetchFn: fetch }).map((audit) => audit.fn()));
  });
  afterAll(() => gateway.close());

  const idsOf = (status: AuditResult['status']) =>
    results.flatMap((result) => (result.status === status ? [result.id] : [])).sort();

  test('find no error', () => {
    const failures = results.flatMap((result) =>
      result.status === 'error' ? [`${result.name}: ${result.reason}`] : [],
    );
    expect(failures).toEqual([]);
    expect(results.length).toBeGreaterThan(50);
  });

  test('warn of what is known, and of nothing else', () => {
    expect(idsOf('warn')).toEqual(known.warn);
    expect(idsOf('notice')).toEqual(known.notice);
  });
});
