import type { IncomingMessage, ServerResponse } from 'node:http';
import helmet from 'helmet';

/** What a page may load and do: Content-Security-Policy by directive. */
export type ContentPolicy = Readonly<Record<string, string[]>>;

/** For answers that are no pages. */
export const strictPolicy: ContentPolicy = { defaultSrc: ["'none'"], frameAncestors: ["'none'"] };

/** Sandbox's page brings a stricter policy for its scripts, with a nonce that only it knows; both hold at once. */
export const sandboxPolicy: ContentPolicy = {
  defaultSrc: ["'self'", 'https:', 'data:', "'unsafe-inline'"],
  baseUri: ["'none'"],
  objectSrc: ["'none'"],
  frameAncestors: ["'none'"],
};

/** Files of the gateway and nothing else: no inline scripts, no inline styles, no frame around it, no form to elsewhere. */
export const pagePolicy: ContentPolicy = {
  defaultSrc: ["'none'"],
  scriptSrc: ["'self'"],
  styleSrc: ["'self'"],
  imgSrc: ["'self'"],
  fontSrc: ["'self'"],
  connectSrc: ["'self'"],
  manifestSrc: ["'self'"],
  formAction: ["'self'"],
  baseUri: ["'none'"],
  frameAncestors: ["'none'"],
};

/** The editor of the explorer works in threads of its own, brings its fonts and icons along, and makes styles as it goes. */
export function explorerPolicy(nonce: string): ContentPolicy {
  return {
    ...pagePolicy,
    styleSrc: ["'self'", `'nonce-${nonce}'`],
    workerSrc: ["'self'"],
    imgSrc: ["'self'", 'data:'],
    fontSrc: ["'self'", 'data:'],
  };
}

/** The security headers of an answer. To be worked out once for each policy: that costs more than a small answer. */
export function securityHeaders(directives: ContentPolicy): Readonly<Record<string, string>> {
  const headers: Record<string, string> = {};
  const recorder = {
    setHeader(name: string, value: string) {
      headers[name.toLowerCase()] = value;
    },
    removeHeader() {},
  };
  const policy = { contentSecurityPolicy: { useDefaults: false, directives } };
  // Whether there is TLS in front is for whoever has put it there to say; Sandbox opens windows of its own.
  const write = helmet({ ...policy, hsts: false, crossOriginOpenerPolicy: false });
  write({} as IncomingMessage, recorder as unknown as ServerResponse, () => {});
  return headers;
}
