import { h } from './dom.js';

/** A button that opens a small panel under it; Escape or a click elsewhere closes it, and the focus returns. */
export function popover(label: string, content: HTMLElement, id: string) {
  const panel = h('div', { id, class: 'popover', popover: 'auto', role: 'dialog', 'aria-label': label }, content);
  const button = h('button', { type: 'button', popovertarget: id, 'aria-haspopup': 'dialog' }, label);
  panel.addEventListener('toggle', (event) => {
    if ((event as ToggleEvent).newState !== 'open') return;
    placeBelow(button, panel);
    panel.querySelector<HTMLElement>('input, select, button, a')?.focus();
  });
  return { button, panel, close: () => panel.hidePopover() };
}

/** Under the button, or as near as the window allows: all of the panel can be reached. */
function placeBelow(button: HTMLElement, panel: HTMLElement): void {
  const { left, bottom } = button.getBoundingClientRect();
  const { clientWidth, clientHeight } = document.documentElement;
  const within = (wanted: number, room: number) => `${Math.max(8, Math.min(wanted, room - 8))}px`;
  panel.style.setProperty('left', within(left, clientWidth - panel.offsetWidth));
  panel.style.setProperty('top', within(bottom + 6, clientHeight - panel.offsetHeight));
}
