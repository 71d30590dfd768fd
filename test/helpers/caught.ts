/** What a function throws, for a test that looks at more than its message; fails where it throws nothing. */
export function caught<E extends Error>(kind: abstract new (...args: never[]) => E, act: () => unknown): E {
  try {
    act();
  } catch (error) {
    if (error instanceof kind) return error;
    throw error;
  }
  throw new Error(`Nothing was thrown where a ${kind.name} was expected.`);
}
