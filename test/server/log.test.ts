import { afterEach, describe, expect, test } from '@jest/globals';
import { createSampling } from '../../src/server/logSampling.js';
import { createFakeClock } from '../helpers/fakeClock.js';
import { type Fleet, prepareFleet } from '../helpers/replicas.js';

const patient = 60_000;

describe('of the same trouble', () => {
  function sampled() {
    const clock = createFakeClock();
    const told: [kind: string, leftOut: number][] = [];
    const mayWrite = createSampling<string>({
      clock,
      nameOf: (kind) => kind,
      tell: (kind, leftOut) => told.push([kind, leftOut]),
    });
    const written = (kind: string, times: number) =>
      Array.from({ length: times }, () => mayWrite(kind)).filter(Boolean).length;
    return { clock, told, written };
  }

  test('ten lines a second are written, and one later says how many were not', async () => {
    const { clock, told, written } = sampled();
    expect([written('trouble', 25), written('another trouble', 1)]).toEqual([10, 1]);
    await clock.advance(999);
    expect([written('trouble', 1), told]).toEqual([0, []]);
    await clock.advance(1);
    expect(told).toEqual([['trouble', 16]]);
  });

  test('that line is one of the next ten', async () => {
    const { clock, told, written } = sampled();
    written('trouble', 11);
    await clock.advance(1_000);
    expect(written('trouble', 25)).toBe(9);
    await clock.advance(1_000);
    expect(told).toEqual([
      ['trouble', 1],
      ['trouble', 16],
    ]);
  });

  test('nothing is said where nothing was left out, and nothing is kept', async () => {
    const { clock, told, written } = sampled();
    for (let kind = 0; kind < 100; kind += 1) written(`trouble ${kind}`, 10);
    await clock.advance(1_000);
    expect([told, clock.timers]).toEqual([[], 0]);
  });
});

describe('the log of a process', () => {
  const forged = '{ product(id: """\n{"level":60,"msg":"forged"}\n""") { name } }';
  const longest = `query ${'N'.repeat(100_000)} { sites { id } }`;
  let fleet: Fleet;
  afterEach(() => fleet.close());

  async function linesOf(log: object): Promise<Record<string, unknown>[]> {
    fleet = await prepareFleet({
      products: 1,
      configure: (file) => Object.assign(file, { log, server: { ...file.server, notice: '1ms' } }),
    });
    const gateway = await fleet.start();
    for (const query of [
      'query Sites { sites { id } }',
      '{ product(id: "no one") { name } }',
      '{ nothing }',
      longest,
      forged,
    ]) {
      await fetch(`${gateway.url}/graphql`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', 'x-request-id': 'from-the-client' },
        body: JSON.stringify({ query }),
      });
    }
    const { stderr } = await gateway.end();
    return stderr
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
  }

  test(
    'has a line for each request, with its id and the codes of its errors, and no query',
    async () => {
      const lines = (await linesOf({})).filter(({ msg }) => msg === 'a request was answered');
      expect(lines.map(({ operation, errors, codes }) => [operation, errors, codes])).toEqual([
        ['Sites', 0, []],
        [null, expect.any(Number), expect.any(Array)],
        [null, 1, ['GRAPHQL_VALIDATION_FAILED']],
        ['N'.repeat(100), 0, []],
        [null, expect.any(Number), expect.any(Array)],
      ]);
      for (const line of lines) {
        expect(line).toMatchObject({ level: 30, ms: expect.any(Number), time: expect.stringMatching(/Z$/) });
        expect(line['requestId']).toMatch(/^from-the-client\./);
        expect(line).not.toHaveProperty('query');
      }
    },
    patient,
  );

  test(
    'holds the queries, where that is wanted, and none of them makes a line of its own',
    async () => {
      const lines = await linesOf({ queries: true });
      expect(lines.map(({ query }) => query)).toEqual(expect.arrayContaining(['query Sites { sites { id } }', forged]));
      expect(lines.map(({ msg }) => msg)).not.toContain('forged');
    },
    patient,
  );

  test(
    'says nothing of requests that went well, where only trouble is wanted',
    async () => {
      expect((await linesOf({ level: 'warn' })).map(({ level }) => level)).toEqual([40]);
    },
    patient,
  );
});
