/** Whether it is an origin as browsers write it: scheme, host, and a port that is not the usual one. */
export function isOrigin(text: string): boolean {
  return URL.canParse(text) && /^https?:$/.test(new URL(text).protocol) && new URL(text).origin === text;
}
