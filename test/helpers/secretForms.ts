/** A secret in every form in which it may leave: as it is, encoded for a URL or for JSON, and inside base64. */
export function secretForms(secret: string): Map<string, string> {
  const escaped = JSON.stringify(secret).slice(1, -1);
  return new Map([
    ['as it is', secret],
    ['percent-encoded', encodeURIComponent(secret)],
    ['encoded for a form', new URLSearchParams([['', secret]]).toString().slice(1)],
    ['escaped for JSON', escaped],
    ['escaped for JSON twice', JSON.stringify(escaped).slice(1, -1)],
    ['hexadecimal', Buffer.from(secret).toString('hex')],
    ...[0, 1, 2].flatMap((offset) => [
      [`base64 at ${offset}`, insideBase64(secret, offset, 'base64')] as const,
      [`base64url at ${offset}`, insideBase64(secret, offset, 'base64url')] as const,
    ]),
  ]);
}

/** The characters that base64 has for the secret wherever it stands in a text, by its place modulo 3. */
function insideBase64(secret: string, offset: number, encoding: 'base64' | 'base64url'): string {
  const text = Buffer.from(`${'\0'.repeat(offset)}${secret}`);
  const whole = text.subarray(0, text.length - (text.length % 3)).toString(encoding);
  return whole.slice(offset === 0 ? 0 : 4);
}

/** Where secrets stand in texts: "which one, in which form, in which text", and nothing of the secret itself. */
export function findSecrets(texts: ReadonlyMap<string, string>, secrets: Readonly<Record<string, string>>): string[] {
  return Object.entries(secrets).flatMap(([name, secret]) =>
    [...secretForms(secret)].flatMap(([form, wanted]) =>
      [...texts].filter(([, text]) => text.includes(wanted)).map(([place]) => `${name}, ${form}, in ${place}`),
    ),
  );
}
