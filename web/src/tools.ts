import { byId, h } from './dom.js';
import { type Figure, type FigureSource, figureById, figures, sourceLabels } from './figures.js';
import { icon } from './icons.js';
import { popover } from './popover.js';
import { type Condition, isNumber, type Operator, operators, type State, usualColumns } from './state.js';

type Change = (change: Partial<State>) => void;

export interface ExportActions {
  all(): void;
  page(): void;
}

/** How long somebody pauses when a word is typed (ms). */
const typingPauseMs = 250;

/** Search, filter, columns and export of the table. */
export function createTools(current: () => State, change: Change, actions: ExportActions) {
  const search = byId<HTMLInputElement>('search');
  let typing: ReturnType<typeof setTimeout> | undefined;
  search.addEventListener('input', () => {
    clearTimeout(typing);
    typing = setTimeout(() => change({ search: search.value.trim() }), typingPauseMs);
  });
  const columns = columnTool(current, change);
  filterTool(current, change);
  exportTool(actions);
  return {
    show(state: State): void {
      if (document.activeElement !== search) search.value = state.search;
      columns.show(state);
      byId('conditions').replaceChildren(...state.filter.map((condition) => chip(condition, state, change)));
    },
    focusSearch: () => search.focus(),
  };
}

function chip(condition: Condition, state: State, change: Change): HTMLElement {
  const text = `${figureById(condition.figure)?.label} ${operators[condition.operator]} ${condition.value}`;
  const remove = () => change({ filter: state.filter.filter((other) => other !== condition) });
  return h(
    'span',
    { class: 'chip' },
    text,
    h('button', { type: 'button', 'aria-label': `Remove the filter ${text}`, onclick: remove }, icon('close', 12)),
  );
}

function filterTool(current: () => State, change: Change): void {
  const figure = h(
    'select',
    { id: 'filter-figure' },
    ...bySource(({ id, label }) => h('option', { value: id }, label)),
  );
  const operator = h(
    'select',
    { id: 'filter-operator' },
    ...Object.entries(operators).map(([name, sign]) => h('option', { value: name }, sign)),
  );
  const value = h('input', { id: 'filter-value', inputmode: 'decimal', required: true, size: 8, autocomplete: 'off' });
  const check = () => value.setCustomValidity(isNumber(value.value.trim()) ? '' : 'A number, such as 100 or 0.25.');
  value.addEventListener('input', check);
  const form = h(
    'form',
    { class: 'stack' },
    h('label', { for: 'filter-figure' }, 'Figure', figure),
    h('label', { for: 'filter-operator' }, 'is', operator),
    h('label', { for: 'filter-value' }, 'Number', value),
    h('p', { class: 'hint' }, 'Shares count from 0 to 1.'),
    h('button', { class: 'primary', type: 'submit' }, 'Add filter'),
  );
  const { button, panel, close } = popover('Filter', form, 'filter-panel');
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    const condition = { figure: figure.value, operator: operator.value as Operator, value: value.value.trim() };
    close();
    change({ filter: [...current().filter, condition] });
  });
  check();
  byId('filter-tool').append(button, panel);
}

function columnTool(current: () => State, change: Change) {
  const boxes = new Map<string, HTMLInputElement>();
  const choose = () => {
    const chosen = figures.filter(({ id }) => boxes.get(id)?.checked).map(({ id }) => id);
    change({ columns: chosen.length > 0 ? chosen : usualColumns });
    for (const [id, box] of boxes) box.checked = current().columns.includes(id);
  };
  const list = h(
    'div',
    { class: 'stack columns' },
    ...bySource((figure) => {
      const box = h('input', { type: 'checkbox', id: `column-${figure.id}`, onchange: choose });
      boxes.set(figure.id, box);
      return h('label', { title: figure.description }, box, figure.label);
    }),
  );
  const { button, panel } = popover('Columns', list, 'column-panel');
  byId('column-tool').append(button, panel);
  return {
    show(state: State): void {
      for (const [id, box] of boxes) box.checked = state.columns.includes(id);
    },
  };
}

function exportTool({ all, page }: ExportActions): void {
  const content = h('div', { class: 'stack' });
  const { button, panel, close } = popover('Export', content, 'export-panel');
  const item = (label: string, hint: string, run: () => void) => {
    const onclick = () => {
      close();
      run();
    };
    return h('button', { class: 'item', type: 'button', onclick }, label, h('small', {}, hint));
  };
  content.append(
    item('CSV of all products', 'as filtered, ordered and ranged', all),
    item('CSV of this page', 'what is on the screen', page),
  );
  byId('export-tool').append(button, panel);
}

/** What stands for each figure, under the name of its source. */
function bySource(view: (figure: Figure) => HTMLElement): HTMLElement[] {
  return (Object.keys(sourceLabels) as FigureSource[]).map((source) => {
    const views = figures.filter((figure) => figure.source === source && figure.format !== 'moment').map(view);
    const isOptions = views[0]?.tagName === 'OPTION';
    return isOptions
      ? h('optgroup', { label: sourceLabels[source] }, ...views)
      : h('fieldset', {}, h('legend', {}, sourceLabels[source]), ...views);
  });
}
