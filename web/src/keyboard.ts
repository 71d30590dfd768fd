import { presets } from './ranges.js';
import type { State } from './state.js';

/** The change of state that a key means; null for none. The same key that starts a comparison ends it. */
export function changeByKey(key: string, state: Pick<State, 'compare'>): Partial<State> | null {
  const pressed = key.toUpperCase();
  if (pressed === 'X') return { compare: state.compare === 'NONE' ? 'PREVIOUS_PERIOD' : 'NONE' };
  const preset = presets.find((known) => known.key === pressed);
  return preset ? { range: preset.preset } : null;
}

/** Single keys, where nobody is typing and no browser shortcut is meant. */
export function listenToKeys(onKey: (key: string) => boolean): void {
  addEventListener('keydown', (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.repeat) return;
    const target = event.target as Element | null;
    if (target?.closest('input, select, textarea, dialog, [popover]')) return;
    if (onKey(event.key)) event.preventDefault();
  });
}
