// First: libraries read the language as they are loaded.
import './language.js';

import { type Client, createClient } from './client.js';
import { createControls } from './controls.js';
import { exportUrl } from './csv.js';
import { byId } from './dom.js';
import { downloadFile, downloadRows } from './download.js';
import { explainFailure } from './failures.js';
import { changeByKey, listenToKeys } from './keyboard.js';
import { locale } from './language.js';
import { createNotices } from './notices.js';
import { failureOfRequest } from './products.js';
import type { SiteInfo } from './questions.js';
import { keepAsking } from './reconnect.js';
import { createAccess } from './signIn.js';
import { sitesDocument } from './siteOperations.js';
import { createSourcesView } from './sources.js';
import { printRange, printState, type State } from './state.js';
import { createStatsPage } from './statsPage.js';
import { createStore } from './store.js';
import { columnsOf } from './tableColumns.js';
import { startTheme } from './theme.js';
import { createTools } from './tools.js';

const now = () => Date.now();
const tickMs = 20_000;

startTheme();
void start();

/** Wires the page together; what the parts do stands in their files. */
async function start(): Promise<void> {
  const store = createStore();
  const notices = createNotices();
  const client = keepAsking(createClient(createAccess()), (isThere) =>
    notices.set(
      'connection',
      isThere ? null : { text: 'The gateway cannot be reached. Trying again …', tone: 'error' },
    ),
  );
  const onError = (error: unknown) => {
    const text = explainFailure(failureOfRequest(error), { locale, now: now() }).long;
    notices.set('page', { text, tone: 'error' });
  };
  const sources = createSourcesView(client, locale);
  const stats = createStatsPage({ client, notices, locale, now, change: store.change });
  const controls = createControls(store.change, { locale, now });
  const exports = exportActions(store.current, client, stats, notices);
  const tools = createTools(store.current, store.change, {
    all: () => exports.all(siteOf(store.current())),
    page: exports.page,
  });
  let sites: readonly SiteInfo[] = [];
  const siteOf = ({ site }: State) => sites.find(({ id }) => id === site) ?? (site === null ? sites[0] : undefined);

  function show(state: State, before: State | null): void {
    showView(state);
    if (state.view === 'sources') {
      sources.start(onError);
      return;
    }
    sources.stop();
    const site = siteOf(state);
    byId('stats').hidden = !site;
    notices.set('site', site ? null : { text: 'There is no such site here, or you may not see it.', tone: 'error' });
    if (!site) return;
    controls.show(state, sites, site);
    tools.show(state);
    stats.show(state, site, before?.view === 'stats' ? before : null);
  }

  listenToRefresh(stats.refresh);
  listenToKeys((key) => {
    if (store.current().view !== 'stats') return false;
    if (key === '/') {
      tools.focusSearch();
      return true;
    }
    const change = changeByKey(key, store.current());
    if (change) store.change(change);
    return change !== null;
  });
  setInterval(() => stats.tick(), tickMs);
  try {
    const answer = await client.ask(sitesDocument, {}, { signal: new AbortController().signal });
    sites = answer.data?.sites ?? [];
    store.subscribe(show);
    show(store.current(), null);
  } catch (error) {
    onError(error);
  }
}

/** The button says that it is at work, also where nothing is stale and nothing changes. */
function listenToRefresh(refresh: () => Promise<void>): void {
  const button = byId<HTMLButtonElement>('refresh');
  button.addEventListener('click', async () => {
    button.setAttribute('aria-busy', 'true');
    await refresh();
    button.removeAttribute('aria-busy');
  });
}

function showView(state: State): void {
  const isStats = state.view === 'stats';
  byId('stats').hidden = !isStats;
  byId('sources').hidden = isStats;
  const mark = (id: string, isHere: boolean) =>
    isHere ? byId(id).setAttribute('aria-current', 'page') : byId(id).removeAttribute('aria-current');
  mark('link-stats', isStats);
  mark('link-sources', !isStats);
  byId<HTMLAnchorElement>('link-stats').href = `/${printState({ ...state, view: 'stats' })}`;
  byId<HTMLAnchorElement>('link-sources').href = `/${printState({ ...state, view: 'sources' })}`;
  document.title = isStats ? 'Product stats' : 'Sources · Product stats';
}

function exportActions(
  current: () => State,
  client: Client,
  stats: { rows(): Parameters<typeof downloadRows>[0] },
  notices: ReturnType<typeof createNotices>,
) {
  const name = (state: State, part: string) => `products-${printRange(state.range)}${part}.csv`;
  return {
    page: () => downloadRows(stats.rows(), columnsOf(current()), name(current(), `-page-${current().page}`)),
    all(site: SiteInfo | undefined): void {
      if (!site) return;
      notices.set('export', { text: 'Writing the file. All products are asked for, which may take a while.' });
      downloadFile(client, exportUrl(current(), site), name(current(), '')).then(
        () => notices.set('export', null),
        (error: Error) => notices.set('export', { text: `No file: ${error.message}`, tone: 'error' }),
      );
    },
  };
}
