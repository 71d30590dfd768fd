import { readdirSync, readFileSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { parse, parseAllDocuments } from 'yaml';
import { server } from '../src/serverSchema.js';
import { type RunningGateway, startGateway } from './helpers/gateway.js';
import { until } from './helpers/until.js';

const read = (name: string) => readFileSync(new URL(`../${name}`, import.meta.url), 'utf8');
/** How long ending takes at most by default: the notice, the grace, and a second for the last answers. */
const defaults = server.parse({});
const endingSeconds = (defaults.notice + defaults.grace) / 1_000 + 1;
const orchestratorSeconds = 30;
const names = ['Dockerfile', 'compose.yaml', 'nginx.conf', 'kubernetes/gateway.yaml', 'alerts.yaml'];

describe('metrics that are watched', () => {
  let gateway: RunningGateway;
  let known: Set<string>;

  beforeAll(async () => {
    // A Redis that is away is shown as well.
    gateway = await startGateway({
      products: 1,
      configure: (file) => Object.assign(file, { cache: { redis: 'redis://127.0.0.1:1' } }),
    });
    await gateway.ask(
      '{ site(id: "shop") { products { nodes { googleAnalytics { pageViews } partner { orders } } } } }',
    );
    await until(() => gateway.events.some(({ type }) => type === 'redis.changed'), 'it is known that Redis is away');
    const text = await (await fetch(new URL('/metrics', gateway.url))).text();
    known = new Set(
      [...text.matchAll(/^# TYPE (\w+) (\w+)$/gm)].flatMap(([, name = '', type]) =>
        type === 'histogram' ? [`${name}_bucket`, `${name}_count`, `${name}_sum`] : [name],
      ),
    );
  });
  afterAll(() => gateway.close());

  test.each(['grafana-dashboard.json', 'alerts.yaml'])('in %s are all there', (name) => {
    const asked = [...read(`deploy/${name}`).matchAll(/\bgateway_\w+/g)].map(([metric]) => metric);
    expect(asked.length).toBeGreaterThan(7);
    expect(asked.filter((metric) => !known.has(metric))).toEqual([]);
  });

  test('are all in the table of README', () => {
    const readme = read('README.md');
    const bare = new Set([...known].map((name) => name.replace(/^gateway_/, '').replace(/_(bucket|count|sum)$/, '')));
    expect([...bare].filter((name) => !readme.includes(`\`${name}\``))).toEqual([]);
  });

  test('have names by the conventions: our prefix, base units, and _total for what only grows', async () => {
    const text = await (await fetch(new URL('/metrics', gateway.url))).text();
    for (const [, name = '', type] of text.matchAll(/^# TYPE (\w+) (\w+)$/gm)) {
      expect(name).toMatch(/^gateway_[a-z_]+$/);
      expect([name, name.endsWith('_total')]).toEqual([name, type === 'counter']);
      expect(name).not.toMatch(/_(ms|millis|minutes|kb|mib|percent)(_|$)/);
      if (type === 'histogram') expect(name).toMatch(/_seconds$/);
    }
  });
});

describe('alerts', () => {
  interface Rule {
    alert: string;
    expr: string;
    labels: { severity: string };
    annotations: { summary: string };
  }
  const { groups } = parse(read('deploy/alerts.yaml')) as { groups: { rules: Rule[] }[] };

  test.each(groups.flatMap(({ rules }) => rules))(
    '$alert says how bad it is and what to do',
    ({ expr, labels, annotations }) => {
      expect(expr).toMatch(/[<>=]/);
      expect(['page', 'ticket']).toContain(labels.severity);
      expect(annotations.summary).toMatch(/^.{20,}\.$/);
    },
  );
});

describe('the image', () => {
  const lines = read('deploy/Dockerfile').split('\n');

  test('is built from slim ones whose version is pinned, on Node 24', () => {
    const bases = lines.filter((line) => line.startsWith('FROM '));
    expect(bases.length).toBeGreaterThan(1);
    for (const base of bases) expect(base).toMatch(/^FROM node:24\.\d+\.\d+-\w+-slim( AS \w+)?$/);
  });

  test('runs node itself, by an unprivileged user, and without any package beside the bundle', () => {
    const text = lines.join('\n');
    expect(lines.filter((line) => line.startsWith('USER ')).at(-1)).toBe('USER node');
    expect(text).toMatch(/^ENTRYPOINT \["node", "dist\/cli\.js"\]$/m);
    const delivered = text.slice(text.lastIndexOf('\nFROM '));
    expect(delivered).toContain('COPY --from=build /build/dist dist');
    expect(delivered).not.toMatch(/^(RUN|COPY).*(npm|node_modules)/m);
  });

  test('is made of files that .dockerignore lets through', () => {
    const open = read('.dockerignore')
      .split('\n')
      .filter((line) => line.startsWith('!'))
      .map((line) => line.slice(1));
    const copied = lines
      .filter((line) => line.startsWith('COPY ') && !line.includes('--from'))
      .flatMap((line) => line.split(' ').slice(1, -1));
    expect(copied.length).toBeGreaterThan(5);
    expect(copied.filter((path) => !open.includes(path))).toEqual([]);
  });
});

describe('the bundle', () => {
  const files = readdirSync(new URL('../dist', import.meta.url)).filter((name) => name.endsWith('.js'));
  const { dependencies } = JSON.parse(read('package.json')) as { dependencies: Record<string, string> };

  test('imports nothing but itself and Node', () => {
    const imported = files.flatMap((name) =>
      [...read(`dist/${name}`).matchAll(/^(?:import|export) [^;"']*?(?:from )?["']([^"']+)["'];$/gm)].map(
        ([, from = '']) => from,
      ),
    );
    expect(imported.length).toBeGreaterThan(50);
    expect(imported.filter((from) => !from.startsWith('./') && !isBuiltin(from))).toEqual([]);
  });

  test('brings the licence of every package that is in it', () => {
    const licences = read('dist/LICENSES.txt');
    const missing = Object.entries(dependencies).filter(
      ([name, version]) => !licences.includes(`${name} ${version} (`),
    );
    expect(missing).toEqual([]);
  });
});

describe('in the compose file', () => {
  const { services } = parse(read('deploy/compose.yaml')) as {
    services: Record<
      string,
      { image?: string; build?: object; stop_grace_period?: string; deploy?: { replicas: number } }
    >;
  };

  test('there are a Redis, two replicas and a proxy before them, each of a pinned version', () => {
    expect(Object.keys(services).sort()).toEqual(['gateway', 'proxy', 'redis']);
    expect(services['gateway']?.deploy?.replicas).toBe(2);
    for (const { image, build } of Object.values(services))
      expect(image ?? build).toEqual(build ?? expect.stringMatching(/:\d+\.\d+\.\d+/));
  });

  test('replicas have the time to end that they take by default', () => {
    expect(Number.parseInt(services['gateway']?.stop_grace_period ?? '', 10)).toBeGreaterThan(endingSeconds);
    expect(endingSeconds).toBeLessThan(orchestratorSeconds);
    expect(parse(read('gateway.example.yaml')).server ?? {}).not.toHaveProperty('grace');
  });
});

describe('in the Kubernetes manifests', () => {
  interface Manifest {
    kind: string;
    metadata: { name: string };
    spec: Record<string, unknown>;
  }
  const manifests = parseAllDocuments(read('deploy/kubernetes/gateway.yaml')).map((document) => {
    expect(document.errors).toEqual([]);
    return document.toJS() as Manifest;
  });
  const deployment = manifests.find(({ kind }) => kind === 'Deployment') as unknown as {
    spec: {
      replicas: number;
      selector: { matchLabels: object };
      template: {
        metadata: { labels: object };
        spec: { terminationGracePeriodSeconds: number; securityContext: object; containers: Record<string, unknown>[] };
      };
    };
  };
  const pod = deployment.spec.template.spec;
  const [container = {}] = pod.containers;

  test('there are a deployment, its service and a disruption budget, which mean the same pods', () => {
    expect(manifests.map(({ kind }) => kind).sort()).toEqual(['Deployment', 'PodDisruptionBudget', 'Service']);
    const { labels } = deployment.spec.template.metadata;
    const of = (kind: string) => manifests.find((manifest) => manifest.kind === kind)?.spec;
    expect(deployment.spec.selector.matchLabels).toEqual(labels);
    expect(of('Service')?.['selector']).toEqual(labels);
    expect(of('PodDisruptionBudget')).toEqual({ minAvailable: 1, selector: { matchLabels: labels } });
    expect(deployment.spec.replicas).toBeGreaterThan(1);
  });

  test('probes ask what each is for', () => {
    const path = (probe: string) => (container[probe] as { httpGet: { path: string } }).httpGet.path;
    expect(['startupProbe', 'readinessProbe', 'livenessProbe'].map(path)).toEqual(['/readyz', '/readyz', '/livez']);
  });

  test('a pod may end in the time that it takes', () => {
    const { preStop } = container['lifecycle'] as { preStop: { exec: { command: string[] } } };
    const preStopSeconds = Number(/(\d+)\)$/.exec(preStop.exec.command.at(-1) ?? '')?.[1]) / 1_000;
    expect(preStopSeconds).toBe(5);
    expect(pod.terminationGracePeriodSeconds).toBeGreaterThan(preStopSeconds + endingSeconds);
  });

  test('it may do nothing that it need not, and has limits', () => {
    expect(pod.securityContext).toMatchObject({ runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } });
    expect(container['securityContext']).toEqual({
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ['ALL'] },
    });
    expect(container['resources']).toMatchObject({
      requests: { cpu: expect.anything(), memory: expect.anything() },
      limits: { memory: expect.anything() },
    });
    expect(container['image']).toMatch(/:\d+\.\d+\.\d+$/);
  });
});

test.each(names)('%s holds no secret', (name) => {
  expect(read(`deploy/${name}`)).not.toMatch(
    /-----BEGIN|AIza|(password|secret|api_?key)["']?\s*[:=]\s*["']?[A-Za-z0-9]{12,}/i,
  );
});
