import { byId, h } from './dom.js';

const place = 'access-key';

export interface Access {
  key(): string | null;
  /** Asks the viewer; resolves when there is a key to try. The key stays in this tab, and never stands in a URL. */
  signIn(): Promise<void>;
}

export function createAccess(): Access {
  let asked: Promise<void> | null = null;
  let key = sessionStorage.getItem(place);

  async function ask(): Promise<void> {
    const isRefused = key !== null;
    key = await askForKey(isRefused);
    sessionStorage.setItem(place, key);
  }

  return {
    key: () => key,
    signIn() {
      asked ??= ask().finally(() => {
        asked = null;
      });
      return asked;
    },
  };
}

function askForKey(isRefused: boolean): Promise<string> {
  const dialog = byId<HTMLDialogElement>('sign-in');
  const input = h('input', {
    id: 'access-key',
    type: 'password',
    autocomplete: 'off',
    required: true,
    spellcheck: 'false',
    'aria-describedby': 'access-hint',
  });
  const hint = isRefused
    ? 'The gateway does not accept this key. Look whether it is whole, or ask for a new one.'
    : 'This gateway answers to those who have a key. It stays in this tab until you close it.';
  return new Promise((resolve) => {
    const form = h(
      'form',
      { class: 'stack' },
      h('h2', { id: 'sign-in-title' }, 'Access key'),
      h('p', { id: 'access-hint', class: isRefused ? 'failed' : 'hint', role: 'status' }, hint),
      h('label', { for: 'access-key' }, 'Key', input),
      h('button', { class: 'primary', type: 'submit' }, 'Sign in'),
    );
    form.addEventListener('submit', (event) => {
      event.preventDefault();
      dialog.close();
      resolve(input.value.trim());
    });
    dialog.replaceChildren(form);
    // There is nothing behind the dialog to go back to.
    dialog.oncancel = (event) => event.preventDefault();
    dialog.showModal();
  });
}
