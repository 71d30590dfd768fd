import type { Cell } from './cell.js';
import type { Difference } from './compare.js';
import { h, spoken } from './dom.js';
import { icon } from './icons.js';

/** How a change looks: the arrow shows its way, the colour whether that is good. */
export function differenceView({ text, exact, trend, judgement }: Difference): HTMLElement {
  return h('span', { class: `difference ${judgement}`, title: exact }, trend !== 'same' && icon(trend, 8), text);
}

/** Puts a cell's state into its element; keeps what is there when nothing changed, and with it focus and selection. */
export function fillCell(element: HTMLElement, cell: Cell, { name, retry }: { name: string; retry: () => void }): void {
  const seen = JSON.stringify(cell);
  if (element.dataset['seen'] === seen) return;
  const hadFocus = element.contains(document.activeElement);
  element.dataset['seen'] = seen;
  element.dataset['kind'] = cell.kind;
  element.title = cell.title;
  element.replaceChildren(...contentOf(cell, name, retry));
  if (hadFocus) element.querySelector('button')?.focus();
}

function contentOf(cell: Cell, name: string, retry: () => void): Node[] {
  switch (cell.kind) {
    case 'loading':
    case 'pending':
      return [h('span', { class: 'skeleton', 'aria-hidden': 'true' }), spoken(cell.kind)];
    case 'unknown':
      return [h('span', { class: 'unknown' }, '–')];
    case 'failed':
      return [
        h('span', { class: 'failed' }, cell.text),
        h(
          'button',
          { class: 'retry', type: 'button', 'aria-label': `Ask again for ${name}. ${cell.title}`, onclick: retry },
          icon('again'),
        ),
      ];
    case 'value':
      return valueContent(cell);
  }
}

function valueContent({ text, staleFor, difference, share }: Extract<Cell, { kind: 'value' }>): Node[] {
  const line = h(
    'span',
    { class: 'line' },
    share && h('span', { class: 'share' }, share),
    staleFor &&
      h('span', { class: 'stale', title: `Read ${staleFor}` }, icon('clock', 13), spoken(`stale, read ${staleFor}`)),
    h('span', { class: 'number' }, text),
  );
  return difference ? [line, differenceView(difference)] : [line];
}
