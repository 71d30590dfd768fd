import { localeOf } from './format.js';

/**
 * The language in which the page writes. What is loaded after this, such as uPlot, takes navigator.language for a language
 * tag, which it is not where a system calls its own language something else (`en-US@posix`).
 */
export const locale = localeOf(navigator.languages);
if (navigator.language !== locale) Object.defineProperty(navigator, 'language', { value: locale });
