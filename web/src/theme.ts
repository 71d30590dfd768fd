import { byId } from './dom.js';
import { icon } from './icons.js';

type Theme = 'light' | 'dark';

const place = 'theme';

/** Follows the system until the viewer chooses; the choice is kept in this browser. */
export function startTheme(): void {
  const button = byId('theme');
  const dark = matchMedia('(prefers-color-scheme: dark)');
  const shown = (): Theme => chosen() ?? (dark.matches ? 'dark' : 'light');

  function show(): void {
    const choice = chosen();
    if (choice) document.documentElement.dataset['theme'] = choice;
    const other = shown() === 'dark' ? 'light' : 'dark';
    button.setAttribute('aria-label', `Use the ${other} theme`);
    button.title = `Use the ${other} theme`;
    button.replaceChildren(icon(other === 'light' ? 'sun' : 'moon', 18));
    dispatchEvent(new Event('themechange'));
  }

  button.addEventListener('click', () => {
    keep(shown() === 'dark' ? 'light' : 'dark');
    show();
  });
  dark.addEventListener('change', show);
  show();
}

/** A browser may forbid storage; the page then follows the system. */
function chosen(): Theme | null {
  try {
    const kept = localStorage.getItem(place);
    return kept === 'light' || kept === 'dark' ? kept : null;
  } catch {
    return (document.documentElement.dataset['theme'] as Theme | undefined) ?? null;
  }
}

function keep(theme: Theme): void {
  document.documentElement.dataset['theme'] = theme;
  try {
    localStorage.setItem(place, theme);
  } catch {
    // It holds for this page.
  }
}
