import { byId, h } from './dom.js';
import { formatDays } from './format.js';
import type { Interval } from './generated/graphql.js';
import { popover } from './popover.js';
import type { SiteInfo } from './questions.js';
import { type Comparison, comparedDays, comparisons, daysOf, presets, usualInterval } from './ranges.js';
import type { State } from './state.js';

type Change = (change: Partial<State>) => void;

const intervals: readonly { readonly interval: Interval; readonly label: string }[] = [
  { interval: 'DAY', label: 'Day' },
  { interval: 'WEEK', label: 'Week' },
  { interval: 'MONTH', label: 'Month' },
];

/** The choices above the figures: site, days, comparison, and what a point of the chart covers. */
export function createControls(change: Change, { locale, now }: { locale: string; now: () => number }) {
  const site = byId<HTMLSelectElement>('site');
  const compare = byId<HTMLSelectElement>('compare');
  const buttons = presets.map(({ preset, label, key }) => {
    const title = key ? `${label} (key ${key})` : label;
    return { preset, button: h('button', { type: 'button', title, onclick: () => change({ range: preset }) }, label) };
  });
  const custom = customRange(change);
  const points = intervals.map(({ interval, label }) => ({
    interval,
    button: h('button', { type: 'button', onclick: () => change({ interval }) }, label),
  }));
  byId('ranges').append(...buttons.map(({ button }) => button), custom.button, custom.panel);
  byId('intervals').append(...points.map(({ button }) => button));
  compare.append(...comparisons.map(({ comparison, label }) => h('option', { value: comparison }, label)));
  compare.addEventListener('change', () => change({ compare: compare.value as Comparison }));
  site.addEventListener('change', () => change({ site: site.value }));

  return {
    show(state: State, sites: readonly SiteInfo[], current: SiteInfo): void {
      const days = daysOf(state.range, current.timeZone, now());
      const before = comparedDays(days, state.compare);
      if (site.options.length !== sites.length) {
        site.replaceChildren(...sites.map(({ id, name }) => h('option', { value: id }, name)));
      }
      site.hidden = sites.length < 2;
      site.value = current.id;
      byId('brand-name').textContent = sites.length < 2 ? current.name : 'Product stats';
      compare.value = state.compare;
      for (const { preset, button } of buttons) press(button, preset === state.range);
      press(custom.button, typeof state.range !== 'string');
      custom.fill(days);
      const interval = state.interval ?? usualInterval(days);
      for (const point of points) press(point.button, point.interval === interval);
      byId('days').replaceChildren(
        h('b', {}, formatDays(days, locale)),
        before ? ` against ${formatDays(before, locale)}` : '',
        h(
          'span',
          { class: 'zone', title: 'A day begins and ends at midnight of this time zone.' },
          ` · days in ${current.timeZone}`,
        ),
      );
    },
  };
}

function press(button: HTMLElement, isPressed: boolean): void {
  button.setAttribute('aria-pressed', String(isPressed));
}

/** Two days of the viewer's own choice. */
function customRange(change: Change) {
  const start = h('input', { type: 'date', id: 'range-start', required: true, min: '2015-08-14' });
  const end = h('input', { type: 'date', id: 'range-end', required: true, min: '2015-08-14' });
  const form = h(
    'form',
    { class: 'stack' },
    h('label', { for: 'range-start' }, 'First day', start),
    h('label', { for: 'range-end' }, 'Last day', end),
    h('button', { class: 'primary', type: 'submit' }, 'Show'),
  );
  const { button, panel, close } = popover('Custom', form, 'custom-range');
  const check = () => end.setCustomValidity(start.value > end.value ? 'The last day is before the first one.' : '');
  start.addEventListener('input', check);
  end.addEventListener('input', check);
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    close();
    change({ range: { start: start.value, end: end.value } });
  });
  return {
    button,
    panel,
    fill(days: { start: string; end: string }): void {
      start.value = days.start;
      end.value = days.end;
      check();
    },
  };
}
