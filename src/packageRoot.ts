/** The folder of package.json, as a URL with a slash at its end; at the same place whether this runs from src/ or, bundled, from dist/. */
export const packageRoot = new URL('../', import.meta.url);
