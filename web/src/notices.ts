import { byId, h } from './dom.js';

export interface Notice {
  readonly text: string;
  readonly tone?: 'info' | 'warning' | 'error';
  readonly action?: { readonly label: string; readonly run: () => void };
}

export interface Notices {
  /** One notice for each subject; null takes it away. Said again only when it changed. */
  set(subject: string, notice: Notice | null): void;
}

/** The lines above the figures, for what concerns more than one cell. */
export function createNotices(): Notices {
  const place = byId('notices');
  const shown = new Map<string, { element: HTMLElement; text: string }>();
  return {
    set(subject, notice) {
      const known = shown.get(subject);
      if (known && known.text === notice?.text) return;
      known?.element.remove();
      shown.delete(subject);
      if (!notice) return;
      const { text, tone = 'info', action } = notice;
      const element = h(
        'div',
        { class: `notice ${tone}`, 'data-subject': subject },
        h('p', {}, text),
        action && h('button', { type: 'button', onclick: action.run }, action.label),
      );
      shown.set(subject, { element, text });
      place.append(element);
    },
  };
}
