/** For answers that are no pages. */
export const strictPolicy = {
  useDefaults: false,
  directives: { defaultSrc: ["'none'"], frameAncestors: ["'none'"] },
};

/** Sandbox's page brings a stricter policy for its scripts, with a nonce that only it knows; both hold at once. */
export const sandboxPolicy = {
  useDefaults: false,
  directives: {
    defaultSrc: ["'self'", 'https:', 'data:', "'unsafe-inline'"],
    baseUri: ["'none'"],
    objectSrc: ["'none'"],
    frameAncestors: ["'none'"],
  },
};
