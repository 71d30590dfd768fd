import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type Ended, runCommand } from '../helpers/commandLine.js';
import { editYaml, type GatewayFile } from '../helpers/gateway.js';
import { startTableGateway, type TableGateway, withLimits } from '../helpers/tableGateway.js';

const patient = 60_000;
let gateway: TableGateway;
const inFolder = (name: string) => join(gateway.folder, name);
const days = 'range: { start: "2026-03-02", end: "2026-03-08" }';

beforeAll(async () => {
  gateway = await startTableGateway({ products: 30, configure: withLimits({ maxPartnerCalls: 10 }) });
});
afterAll(() => gateway.close());

describe('plan', () => {
  let ended: Record<'page' | 'ranked' | 'dear' | 'wrong' | 'missing', Ended>;

  beforeAll(async () => {
    await gateway.asked();
    const plan = async (name: string, query: string, ...more: string[]) => {
      await writeFile(inFolder(name), query);
      return runCommand(['plan', inFolder(name), '--config', inFolder('gateway.yaml'), ...more]);
    };
    const products = (args: string) =>
      `{ site(id: "shop") { products(${args}) { nodes { googleAnalytics(${days}) { pageViews } partner(${days}) { orders } } } } }`;
    const [page, ranked, dear, wrong, missing] = await Promise.all([
      plan('page.graphql', `query ($n: Int) ${products('first: $n')}`, '--variables', '{"n":3}'),
      plan('ranked.graphql', products(`first: 5, orderBy: { by: PAGE_VIEWS, ${days} }`)),
      plan('dear.graphql', products(`first: 5, orderBy: { by: PARTNER_ORDERS, ${days} }`)),
      plan('wrong.graphql', '{ site(id: "shop") { products(first: -1) { totalCount } } }'),
      runCommand(['plan', inFolder('missing.graphql'), '--config', inFolder('gateway.yaml')]),
    ]);
    ended = { page, ranked, dear, wrong, missing };
  }, patient);

  const lines = ({ stdout }: Ended) => stdout.trim().split('\n');

  test('prints every call of a page, and makes none', async () => {
    expect(ended.page).toMatchObject({ code: 0, stderr: '' });
    expect(lines(ended.page)).toEqual([
      'Google Analytics: 1 report in 1 call, about 1 token',
      '  property 123456789: 3 pagePaths, at most 3 rows a page, about 1 token',
      '    2026-03-02 to 2026-03-08',
      '    screenPageViews',
      'Partner: 3 calls',
      '  P-1001 2026-03-02 to 2026-03-08',
      '  P-1002 2026-03-02 to 2026-03-08',
      '  P-1003 2026-03-02 to 2026-03-08',
    ]);
    expect(await gateway.asked()).toEqual({ partner: 0, reports: 0 });
  });

  test('says which file it cannot read, and what should be in it', () => {
    expect(ended.missing).toMatchObject({ code: 1, stdout: '' });
    expect(ended.missing.stderr).toContain(
      `${inFolder('missing.graphql')} cannot be read; it should be a file with one GraphQL operation.`,
    );
  });

  test('says "at most" where nobody knows yet who will be on the page', () => {
    expect(ended.ranked.code).toBe(0);
    expect(ended.ranked.stdout).toMatch(/^Partner: at most 5 calls$/m);
  });

  test('prints the price also of what the limits forbid', () => {
    expect(ended.dear.code).toBe(0);
    expect(ended.dear.stdout).toMatch(/^Partner: 30 calls$/m);
  });

  test('says what is wrong with an operation, and fails', () => {
    expect(ended.wrong).toMatchObject({ code: 1, stdout: '', stderr: expect.stringMatching(/^first: -1/) });
  });
});

describe('generate', () => {
  const line = '  clicksOfAds: SafeInt @value(pointer: "/clicks", additive: true)';
  const marks = ['# generated: what follows', '# end of what is generated'];
  let own: string;
  let ended: Record<'stale' | 'written' | 'checked' | 'again' | 'bare' | 'broken' | 'missing', Ended>;
  const afterwards: Record<string, string> = {};

  beforeAll(async () => {
    own = await readFile(new URL('../../schema.graphql', import.meta.url), 'utf8');
    const more = own.replace('type PartnerSummary {', `type PartnerSummary {\n${line}`);
    await Promise.all([
      writeFile(inFolder('more.graphql'), more),
      writeFile(inFolder('bare.graphql'), more.slice(0, more.indexOf(marks[0] ?? ''))),
      writeFile(inFolder('broken.graphql'), more.replace('pointer: "/clicks", add', 'pointer: "clicks", add')),
    ]);
    await editYaml<GatewayFile>(inFolder('gateway.yaml'), (file) => {
      file.schema = 'more.graphql';
    });
    const check = () => runCommand(['check', '--config', inFolder('gateway.yaml')]);
    const generate = (name: string) => runCommand(['generate', inFolder(name)]);
    const [stale, bare, broken, missing] = await Promise.all([
      check(),
      generate('bare.graphql'),
      generate('broken.graphql'),
      generate('missing.graphql'),
    ]);
    const written = await generate('more.graphql');
    const [checked, again] = await Promise.all([check(), generate('more.graphql')]);
    ended = { stale, written, checked, again, bare, broken, missing };
    for (const name of ['more', 'bare', 'broken']) {
      afterwards[name] = await readFile(inFolder(`${name}.graphql`), 'utf8');
    }
  }, patient);

  test('check says that a schema file is not up to date with its figures, and what to do', () => {
    expect(ended.stale.code).toBe(1);
    expect(ended.stale.stdout).toMatch(/more\.graphql: .*not up to date.*analytics-gateway generate .*more\.graphql/);
  });

  test('writes what follows from a new line between the marks, and changes nothing else', () => {
    expect(ended.written).toEqual({ code: 0, stdout: `${inFolder('more.graphql')} is written.\n`, stderr: '' });
    const outside = (text = '') =>
      text.split(marks[0] ?? '').map((part, index) => (index === 0 ? part : part.split(marks[1] ?? '')[1]));
    expect(outside(afterwards['more'])).toEqual(
      outside(own.replace('type PartnerSummary {', `type PartnerSummary {\n${line}`)),
    );
    expect(afterwards['more']).toContain('  PARTNER_CLICKS_OF_ADS\n');
    expect(afterwards['more']).toContain('  clicksOfAds: SafeIntFilter\n');
    expect(afterwards['more']).toContain('  "The sum of clicksOfAds."\n  clicksOfAds: SafeInt\n');
  });

  test('has nothing more to do then, and check nothing to say', () => {
    expect(ended.checked).toEqual({ code: 0, stdout: 'No problems.\n', stderr: '' });
    expect(ended.again).toEqual({ code: 0, stdout: `${inFolder('more.graphql')} is up to date.\n`, stderr: '' });
  });

  test('writes the same at the end of a file without marks', () => {
    expect(ended.bare.code).toBe(0);
    expect(afterwards['bare']).toBe(afterwards['more']);
  });

  test('leaves a file alone whose figures cannot be read, and names the line', () => {
    expect(ended.broken.code).toBe(1);
    expect(ended.broken.stderr).toMatch(/broken\.graphql:\d+: PartnerSummary\.clicksOfAds: .*JSON Pointer/);
    expect(afterwards['broken']).toContain('pointer: "clicks"');
    expect(afterwards['broken']).not.toContain('PARTNER_CLICKS_OF_ADS');
  });

  test('says in one line that a file is not there', () => {
    expect(ended.missing).toMatchObject({ code: 1, stdout: '', stderr: expect.stringMatching(/missing\.graphql/) });
    expect(ended.missing.stderr).not.toMatch(/ at .*:\d+:\d+/);
    expect(ended.missing.stderr.trim().split('\n')).toHaveLength(1);
  });

  test(
    'finds the schema of the gateway itself up to date',
    async () => {
      const file = join(gateway.folder, 'own.graphql');
      await writeFile(file, own);
      expect((await runCommand(['generate', file])).stdout).toBe(`${file} is up to date.\n`);
    },
    patient,
  );
});
