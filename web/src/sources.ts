import { pause } from './backoff.js';
import type { Client } from './client.js';
import { byId, h } from './dom.js';
import { percent } from './format.js';
import type { SourcesQuery } from './generated/graphql.js';
import { sourcesDocument } from './siteOperations.js';

type Status = SourcesQuery['sources'][number];

const everyMs = 2_000;

const names: Record<string, string> = { googleAnalytics: 'Google Analytics', partner: 'Partner' };
const states = {
  CLOSED: { text: 'Answering', tone: 'good', hint: 'The source is being asked.' },
  HALF_OPEN: { text: 'Trying again', tone: 'waiting', hint: 'One call is finding out whether it is back.' },
  OPEN: {
    text: 'Left alone',
    tone: 'bad',
    hint: 'It fails and is not asked for a while; what is known of it is still shown.',
  },
} as const;

/** The page of the sources, renewed while it is looked at. */
export function createSourcesView(client: Client, locale: string) {
  const place = byId('sources');
  let watching: AbortController | null = null;

  async function watch(signal: AbortSignal): Promise<void> {
    for (;;) {
      const answer = await client.ask(sourcesDocument, {}, { signal });
      const cards = answer.data?.sources.map((status) => sourceView(status, locale)) ?? [];
      place.replaceChildren(
        h('h1', {}, 'Sources'),
        h('p', { class: 'hint' }, 'How each source is doing at this moment, in this process.'),
        h('div', { class: 'source-cards' }, ...cards),
      );
      await pause(everyMs, signal);
    }
  }

  return {
    start(onError: (error: unknown) => void): void {
      if (watching) return;
      watching = new AbortController();
      const { signal } = watching;
      watch(signal).catch((error: unknown) => signal.aborted || onError(error));
    },
    stop(): void {
      watching?.abort();
      watching = null;
    },
  };
}

function sourceView(status: Status, locale: string): HTMLElement {
  const { text, tone, hint } = states[status.breaker];
  const number = new Intl.NumberFormat(locale);
  const known = (value: number | null, view: (value: number) => string) => (value === null ? '–' : view(value));
  const facts: [label: string, value: string, title: string][] = [
    ['On their way', number.format(status.inFlight), 'Calls that have been sent and not been answered.'],
    ['Waiting', number.format(status.queued), 'Calls that wait for their turn.'],
    ['Half within', known(status.p50Ms, (ms) => duration(ms, locale)), 'Half of the last calls took no longer.'],
    ['95 % within', known(status.p95Ms, (ms) => duration(ms, locale)), '95 of 100 of the last calls took no longer.'],
    [
      'From the cache',
      known(status.cacheHitShare, (share) => percent(share, locale)),
      'Figures that were there at once.',
    ],
    [
      'Quota left',
      known(status.quotaRemaining, (left) => number.format(left)),
      'Tokens of this hour, of the Google property that has the fewest.',
    ],
  ];
  return h(
    'section',
    { class: 'card source', 'data-source': status.name, 'aria-label': names[status.name] ?? status.name },
    h('h2', {}, names[status.name] ?? status.name, h('span', { class: `state ${tone}`, title: hint }, text)),
    h('dl', {}, ...facts.map(([label, value, title]) => h('div', { title }, h('dt', {}, label), h('dd', {}, value)))),
  );
}

function duration(ms: number, locale: string): string {
  const options = { maximumFractionDigits: ms < 1_000 ? 0 : 1 };
  return ms < 1_000
    ? `${new Intl.NumberFormat(locale, options).format(ms)} ms`
    : `${new Intl.NumberFormat(locale, options).format(ms / 1_000)} s`;
}
