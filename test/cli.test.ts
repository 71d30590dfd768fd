import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type Ended, type RunningCommand, runCommand, startCommand } from './helpers/commandLine.js';
import { type RunningGateway, startGateway } from './helpers/gateway.js';

const patient = 60_000;
const top = (name: string) => fileURLToPath(new URL(`../${name}`, import.meta.url));
let folder: string;
let gateway: RunningGateway;
const inFolder = (name: string) => join(folder, name);

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'analytics-gateway-test-'));
  gateway = await startGateway({ products: 3 });
});
afterAll(async () => {
  await gateway.close();
  await rm(folder, { recursive: true, force: true });
});

/** Starts all of them together: each takes a second or two to compile. */
async function runAll<Name extends string>(commands: Record<Name, () => Promise<Ended>>): Promise<Record<Name, Ended>> {
  const names = Object.keys(commands) as Name[];
  const ended = await Promise.all(names.map(async (name) => [name, await commands[name]()] as const));
  return Object.fromEntries(ended) as Record<Name, Ended>;
}

describe('check', () => {
  const badGateway = `server: { port: 4000, deadline: soon }
catalog: { file: bad-catalog.yaml }
schema: bad-schema.graphql
sources:
  googleAnalytics:
    credentials: "\${NO_SUCH_VARIABLE}"
  partner:
    url: https://api.partner.example/summary
    apiKey: { value: the-key-itself }
    timout: 10s
access: open
`;
  const goodGateway = `catalog: { file: bad-catalog.yaml }
schema: bad-schema.graphql
sources: { partner: { url: "http://127.0.0.1:1/{partnerId}" } }
access: open
`;
  const badCatalog = `sites:
  - id: shop
    name: Shop
    timeZone: Europe/Atlantis
    currency: EUR
    products:
      - { id: "../admin", name: A }
      - { id: twice, name: B, partner: ../../admin }
      - { id: twice, name: C }
`;
  const badSchema = `type Query {
  site(id: ID!): Site
}
type Site {
  id: ID!
}
type PartnerSummary {
  orders: Int @value(pointer: "orders")
}
`;
  let ended: Record<'example' | 'bad' | 'badFiles' | 'missing' | 'broken', Ended>;

  beforeAll(async () => {
    await Promise.all([
      writeFile(inFolder('bad.yaml'), badGateway),
      writeFile(inFolder('bad-catalog.yaml'), badCatalog),
      writeFile(inFolder('bad-schema.graphql'), badSchema),
      writeFile(inFolder('with-bad-files.yaml'), goodGateway),
      writeFile(inFolder('broken.yaml'), 'server: { port: 0\naccess: [open\n'),
    ]);
    const check = (file: string) => () => runCommand(['check', '--config', file]);
    ended = await runAll({
      example: check(top('gateway.example.yaml')),
      bad: check(inFolder('bad.yaml')),
      badFiles: check(inFolder('with-bad-files.yaml')),
      missing: check(inFolder('missing.yaml')),
      broken: check(inFolder('broken.yaml')),
    });
  }, patient);

  const problems = ({ stdout }: Ended) => stdout.trim().split('\n').slice(0, -1);
  const at = (file: string, line: number, words: string) =>
    expect.stringMatching(new RegExp(`^${inFolder(file)}:${line}: .*${words}`));

  test('accepts the example that comes with the gateway', () => {
    expect(ended.example).toEqual({ code: 0, stdout: 'No problems.\n', stderr: '' });
  });

  test('lists every problem of a configuration, each with its line', () => {
    expect(ended.bad.code).toBe(1);
    expect(problems(ended.bad)).toEqual([
      at('bad.yaml', 1, 'server.deadline'),
      at('bad.yaml', 6, 'NO_SUCH_VARIABLE'),
      at('bad.yaml', 8, 'sources.partner.url'),
      at('bad.yaml', 9, 'sources.partner.apiKey'),
      at('bad.yaml', 10, 'timout.*did you mean timeout'),
    ]);
  });

  test('lists every problem of catalog and schema together, partner ids included', () => {
    expect(ended.badFiles.code).toBe(1);
    expect(problems(ended.badFiles)).toEqual([
      at('bad-catalog.yaml', 4, 'timeZone'),
      at('bad-catalog.yaml', 7, 'sites.0.products.0.id'),
      at('bad-catalog.yaml', 8, 'sites.0.products.1.partner'),
      at('bad-catalog.yaml', 9, 'twice'),
      at('bad-schema.graphql', 8, 'JSON Pointer'),
    ]);
  });

  test.each(['missing', 'broken'] as const)('says what is wrong with a file that cannot be read: %s', (name) => {
    expect(ended[name].code).toBe(1);
    expect(ended[name].stdout).toContain(inFolder(`${name}.yaml`));
    expect(ended[name].stdout).toMatch(/\d problems?\.\n$/);
    expect(ended[name].stderr).toBe('');
  });

  test('repeats no key', () => {
    for (const { stdout, stderr } of Object.values(ended)) expect(stdout + stderr).not.toContain('the-key-itself');
  });
});

describe('check --live and query', () => {
  let ended: Record<'live' | 'json' | 'table' | 'csv' | 'inProcess' | 'nobody' | 'noUrl', Ended>;
  let failing: Record<'live' | 'table', Ended>;
  let busy: Ended;

  beforeAll(async () => {
    const query = inFolder('query.graphql');
    const config = join(gateway.folder, 'gateway.yaml');
    await writeFile(
      query,
      'query ($ids: [ID!]!) { products(ids: $ids) { id partner(range: { start: "2026-03-02", end: "2026-03-08" }) { orders currency } } }',
    );
    const variables = ['--variables', '{"ids":["shop-red-shoe-1","shop-blue-bag-1"]}'];
    const ask = (...rest: string[]) => runCommand(['query', query, ...variables, ...rest]);
    ended = await runAll({
      live: () => runCommand(['check', '--config', config, '--live']),
      json: () => ask('--url', gateway.url),
      table: () => ask('--url', gateway.url, '--format', 'table'),
      csv: () => ask('--url', gateway.url, '--format', 'csv'),
      inProcess: () => ask('--config', config),
      nobody: () => ask('--url', 'http://127.0.0.1:1/graphql'),
      noUrl: () => ask('--url', 'localhost:4000/graphql'),
    });
    await gateway.partner.faults({ keys: '*', fault: 'status', status: 401 });
    failing = await runAll({
      live: () => runCommand(['check', '--config', config, '--live']),
      table: () =>
        runCommand([
          'query',
          query,
          '--variables',
          '{"ids":["shop-green-lamp-1"]}',
          '--config',
          config,
          '--format',
          'table',
        ]),
    });
    await gateway.partner.faults({ keys: '*', fault: 'status', status: 503 });
    busy = await runCommand(['check', '--config', config, '--live']);
    await gateway.partner.reset();
  }, patient);

  const orders = (partnerId: string) =>
    gateway.world.partnerNumbers(partnerId, { start: '2026-03-02', end: '2026-03-08' })?.orders;
  const rows = () => [
    { id: 'shop-red-shoe-1', partner: { orders: orders('P-1001'), currency: 'EUR' } },
    { id: 'shop-blue-bag-1', partner: { orders: orders('P-1002'), currency: 'EUR' } },
  ];

  test('check --live asks each source once', () => {
    expect(ended.live.stdout.trim().split('\n')).toEqual([
      'googleAnalytics: asked for shop-red-shoe-1: ok',
      'partner: asked for shop-red-shoe-1: ok',
      'No problems.',
    ]);
    expect(ended.live.code).toBe(0);
  });

  test('check --live fails when a source refuses, in the words of the error table', () => {
    expect(failing.live.code).toBe(1);
    expect(failing.live.stdout).toContain('googleAnalytics: asked for shop-red-shoe-1: ok\n');
    expect(failing.live.stdout).toMatch(/^partner: asked for shop-red-shoe-1: SOURCE_REJECTED .+$/m);
    expect(failing.live.stdout).not.toContain('No problems.');
  });

  test('check --live waits for its second try before it says that a source is unavailable', () => {
    expect(busy.stdout).toMatch(/^partner: asked for shop-red-shoe-1: SOURCE_UNAVAILABLE .+$/m);
    expect(busy.code).toBe(1);
  });

  test('query prints the answer of a running gateway as JSON', () => {
    expect(ended.json.code).toBe(0);
    expect(JSON.parse(ended.json.stdout)).toMatchObject({ data: { products: rows() } });
    expect(ended.json.stderr).toBe('');
  });

  test('query prints a table for people', () => {
    expect(ended.table.code).toBe(0);
    expect(
      ended.table.stdout
        .trim()
        .split('\n')
        .map((line) => line.trim().split(/ {2,}/)),
    ).toEqual([
      ['id', 'partner.orders', 'partner.currency'],
      ...rows().map(({ id, partner }) => [id, String(partner.orders), partner.currency]),
    ]);
  });

  test('query prints CSV for other programs', () => {
    expect(ended.csv).toEqual({
      code: 0,
      stdout: [
        'id,partner.orders,partner.currency',
        ...rows().map(({ id, partner }) => `${id},${partner.orders},EUR`),
        '',
      ].join('\n'),
      stderr: '',
    });
  });

  test('query asks the sources of a configuration in process', () => {
    expect(ended.inProcess.code).toBe(0);
    expect(JSON.parse(ended.inProcess.stdout)).toMatchObject({ data: { products: rows() } });
  });

  test('query says in one line that nobody listens', () => {
    expect(ended.nobody).toEqual({
      code: 1,
      stdout: '',
      stderr: expect.stringMatching(/^http:\/\/127\.0\.0\.1:1\/graphql .+\n$/),
    });
  });

  test('query says what a URL looks like', () => {
    expect(ended.noUrl).toEqual({
      code: 1,
      stdout: '',
      stderr: 'localhost:4000/graphql is no URL; write one such as http://localhost:4000/graphql.\n',
    });
  });

  test('query prints what it got, and the errors on standard error', () => {
    expect(failing.table.code).toBe(1);
    expect(failing.table.stdout).toMatch(/shop-green-lamp-1/);
    expect(failing.table.stderr).toMatch(/products\.0\.partner: SOURCE_REJECTED /);
  });
});

describe('a reader that leaves early', () => {
  test.each(['check --config gateway.example.yaml', '--help'])(
    'ends no command: %s',
    async (line) => {
      const child = spawn(process.execPath, ['dist/cli.js', ...line.split(' ')], { cwd: top(''), stdio: 'pipe' });
      child.stdout.destroy();
      let stderr = '';
      child.stderr.on('data', (text: Buffer) => {
        stderr += text.toString();
      });
      const [code] = await once(child, 'close');
      expect([code, stderr]).toEqual([0, '']);
    },
    patient,
  );
});

describe('help and wrong usage', () => {
  let ended: Record<string, Ended>;
  const help = ['--help'];
  const wrong = ['dance', 'demo --latency 9..1', 'query a.graphql --url a --config b'];

  beforeAll(async () => {
    const commands = [...help, ...wrong].map(
      (line) => [line, () => runCommand(line.split(' ').filter(Boolean))] as const,
    );
    ended = await runAll(Object.fromEntries(commands));
  }, patient);

  test.each(help)('%s is printed, and is no failure', (line) => {
    expect(ended[line]).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/^Usage: analytics-gateway/),
      stderr: '',
    });
  });

  test.each(wrong)('wrong usage ends with 2 and says what would be right: "%s"', (line) => {
    expect(ended[line]).toMatchObject({ code: 2, stdout: '', stderr: expect.stringMatching(/\S/) });
  });
});

describe('demo and serve', () => {
  const running: RunningCommand[] = [];
  const start = (args: string[], environment: Record<string, string> = {}) => {
    const command = startCommand(args, environment);
    running.push(command);
    return command;
  };
  afterAll(() => Promise.all(running.map((command) => command.end('SIGKILL'))));

  const ask = async (url: string, query: string) => {
    const headers = { 'content-type': 'application/json' };
    const response = await fetch(url, { method: 'POST', headers, body: JSON.stringify({ query }) });
    return { status: response.status, ...((await response.json()) as { data: unknown; errors?: unknown }) };
  };

  test(
    'demo answers over both sources, and SIGTERM ends it with 0 and nothing left',
    async () => {
      const command = start(['demo', '--port', '0', '--products', '2', '--sites', '1', '--latency', '1'], {
        TMPDIR: folder,
      });
      const url = await command.printed(/Analytics Gateway\s+(\S+)/);
      // What people look at comes first.
      expect(await command.printed(/^Stats page\s+(\S+)/)).toBe(new URL('/', url).href);
      const answer = await ask(
        url,
        '{ site(id: "shop") { products { nodes { googleAnalytics { pageViews } partner { orders } } } } }',
      );
      const number = expect.any(Number);
      const node = { googleAnalytics: { pageViews: number }, partner: { orders: number } };
      expect(answer).toMatchObject({ status: 200, data: { site: { products: { nodes: [node, node] } } } });
      expect(answer.errors).toBeUndefined();
      expect(await command.end('SIGTERM')).toMatchObject({ code: 0, stderr: '' });
      expect((await readdir(folder)).filter((name) => name.includes('demo'))).toEqual([]);
    },
    patient,
  );

  test(
    'serve answers from a configuration, in the environment PORT that it is given, and SIGINT ends it with 0',
    async () => {
      const command = start(['serve', '--config', join(gateway.folder, 'gateway.yaml')], { PORT: '0' });
      const url = await command.printed(/listens on (\S+)/);
      expect(await ask(url, '{ sites { id } }')).toEqual({ status: 200, data: { sites: [{ id: 'shop' }] } });
      const { code, stderr } = await command.end('SIGINT');
      expect(code).toBe(0);
      for (const line of stderr.trim().split('\n')) expect(JSON.parse(line)).toHaveProperty('msg');
    },
    patient,
  );

  test(
    'a port that is taken is one clear line and exit code 1, and leaves nothing behind',
    async () => {
      const blocker = createServer();
      await once(blocker.listen(0, '0.0.0.0'), 'listening');
      const { port } = blocker.address() as AddressInfo;
      const config = join(gateway.folder, 'gateway.yaml');
      const ended = await runAll({
        serve: () => runCommand(['serve', '--config', config, '--port', String(port)]),
        demo: () => runCommand(['demo', '--port', String(port), '--latency', '1'], { TMPDIR: folder }),
      });
      blocker.close();
      const left = (await readdir(folder)).filter((name) => name.includes('demo'));
      expect(left).toEqual([]);
      for (const { code, stdout, stderr } of Object.values(ended)) {
        expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
        // Beside the log, which is JSON.
        const lines = stderr.trim().split('\n');
        // The demo takes the next two as well, and names the first that it finds taken.
        const taken = [port, port + 1, port + 2].join('|');
        expect(lines.filter((line) => !line.startsWith('{'))).toEqual([
          expect.stringMatching(new RegExp(`^Port (${taken}) is in use`)),
        ]);
      }
    },
    patient,
  );

  test(
    'a configuration with problems is not served',
    async () => {
      await writeFile(inFolder('unserved.yaml'), 'catalog: { file: none.yaml }\naccess: closed\n');
      const { code, stdout, stderr } = await runCommand(['serve', '--config', inFolder('unserved.yaml')]);
      expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
      expect(stderr).toMatch(/unserved\.yaml:2: access: /);
      expect(stderr).not.toMatch(/ at .*:\d+:\d+/);
    },
    patient,
  );

  test(
    'a PORT that is no number is refused',
    async () => {
      const { code, stderr } = await runCommand(['demo', '--latency', '1'], { PORT: 'four' });
      expect(code).not.toBe(0);
      expect(stderr).toMatch(/^PORT\b/);
      expect(stderr).not.toMatch(/ at .*:\d+:\d+/);
    },
    patient,
  );
});
