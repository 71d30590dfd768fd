/** Where a style waits until it is applied; no Content-Security-Policy looks at it. */
const waiting = 'data-inline-style';

/**
 * Lets the editor of the explorer (Monaco) live under a policy without 'unsafe-inline': it writes its lines as HTML with
 * `style` attributes, which are renamed before the browser sees them and applied by script, and it makes `<style>` elements,
 * which get the nonce of this response. Ends when Monaco does both itself.
 *
 * @see https://github.com/microsoft/monaco-editor/issues/271
 */
export function keepStylesWithinPolicy(page: Document): void {
  const nonce = page.querySelector<HTMLScriptElement>('script[nonce]')?.nonce ?? '';
  giveNonceToStyles(nonce);
  applyStylesOfHtml();
}

function giveNonceToStyles(nonce: string): void {
  const createElement = Document.prototype.createElement;
  Document.prototype.createElement = function (this: Document, name: string, options?: ElementCreationOptions) {
    const element = createElement.call(this, name, options);
    if (element instanceof HTMLStyleElement) element.nonce = nonce;
    return element;
  } as typeof createElement;
}

function applyStylesOfHtml(): void {
  const own = Object.getOwnPropertyDescriptor(Element.prototype, 'innerHTML');
  const insertAdjacentHTML = Element.prototype.insertAdjacentHTML;
  Object.defineProperty(Element.prototype, 'innerHTML', {
    ...own,
    set(this: Element, html: unknown) {
      own?.set?.call(this, renameStyles(String(html)));
      applyStyles(this instanceof HTMLTemplateElement ? this.content : this);
    },
  });
  Element.prototype.insertAdjacentHTML = function (position, html) {
    insertAdjacentHTML.call(this, position, renameStyles(String(html)));
    applyStyles(this.parentElement ?? this);
  };
}

/** Renames the attribute in tags only: text may speak of style="…" too, and has its < and > escaped. */
export function renameStyles(html: string): string {
  return html.replace(/<[a-z][^>]*>/gi, (tag) => tag.replace(/\sstyle=/gi, ` ${waiting}=`));
}

function applyStyles(root: ParentNode): void {
  for (const element of root.querySelectorAll<HTMLElement>(`[${waiting}]`)) {
    element.style.cssText = element.getAttribute(waiting) ?? '';
    element.removeAttribute(waiting);
  }
}
