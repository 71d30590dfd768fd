/** One line of `POST /__faults`: which calls go wrong, and how. */
export interface FaultRule {
  keys: '*' | readonly string[];
  fault: string;
  /** How many calls it spoils; absent = every one. */
  times?: number;
  [option: string]: unknown;
}

export interface FaultList {
  /** The rules from now on; the earlier ones are forgotten, with what was left of their `times`. */
  replace(rules: readonly FaultRule[]): void;
  /** The first rule for one of these keys, and of one of these names when given; it has one of its `times` less. */
  take(keys: readonly string[], names?: readonly string[]): FaultRule | undefined;
}

export function createFaultList(): FaultList {
  let entries: { readonly rule: FaultRule; left: number }[] = [];
  return {
    replace(rules) {
      entries = rules.map((rule) => ({ rule, left: rule.times ?? Number.POSITIVE_INFINITY }));
    },
    take(keys, names) {
      const entry = entries.find(({ rule, left }) => left > 0 && matches(rule, keys, names));
      if (entry) entry.left -= 1;
      return entry?.rule;
    },
  };
}

function matches({ keys, fault }: FaultRule, wanted: readonly string[], names?: readonly string[]): boolean {
  return (!names || names.includes(fault)) && (keys === '*' || wanted.some((key) => keys.includes(key)));
}

/**
 * Reads the body of `POST /__faults`: either all of it is usable, or every problem is named and none of it is.
 *
 * The options of transport faults are checked here; those of an emulator's own faults are the emulator's to read.
 */
export function parseFaultRules(
  body: string,
  names: readonly string[],
): { rules: FaultRule[] } | { problems: string[] } {
  const list = parseJson(body);
  if (!Array.isArray(list)) return { problems: ['the body must be a JSON list of rules'] };
  const problems = list.flatMap((rule, index) => problemsOf(rule, names).map((problem) => `rule ${index}: ${problem}`));
  return problems.length > 0 ? { problems } : { rules: list };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function problemsOf(rule: unknown, names: readonly string[]): string[] {
  if (!isRecord(rule)) return ['must be an object'];
  const { keys, fault, times } = rule;
  const checks: [ok: boolean, problem: string][] = [
    [keys === '*' || isListOfStrings(keys), 'keys must be "*" or a list of strings, not empty'],
    [typeof fault === 'string' && names.includes(fault), `fault must be one of ${names.join(', ')}`],
    [
      times === undefined || isWholeNumber(times, 1),
      'times must be a whole number of at least 1; leave it out for always',
    ],
    ...optionChecks(rule),
  ];
  return checks.filter(([ok]) => !ok).map(([, problem]) => problem);
}

function optionChecks(rule: Record<string, unknown>): [ok: boolean, problem: string][] {
  const { ms, bytes, status, retryAfter, location } = rule;
  switch (rule.fault) {
    case 'latency':
      return [[isTimer(ms), `latency needs ms, a whole number from 0 to ${longestTimer}`]];
    case 'drip':
      return [[ms === undefined || isTimer(ms), `ms must be a whole number from 0 to ${longestTimer}`]];
    case 'huge':
      return [[bytes === undefined || isWholeNumber(bytes, 1), 'bytes must be a whole number of at least 1']];
    case 'status':
      return [
        [isWholeNumber(status, 200, 599), 'status needs status, a whole number from 200 to 599'],
        [retryAfter === undefined || isHeaderValue(String(retryAfter)), 'retryAfter must fit into a header'],
      ];
    case 'redirect':
      return [[location === undefined || isHeaderValue(location), 'location must be a string that fits into a header']];
    default:
      return [];
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isListOfStrings(value: unknown): boolean {
  return Array.isArray(value) && value.length > 0 && value.every((item) => typeof item === 'string');
}

function isWholeNumber(value: unknown, min: number, max = Number.MAX_SAFE_INTEGER): boolean {
  return Number.isInteger(value) && Number(value) >= min && Number(value) <= max;
}

/** setTimeout fires at once above this, about 24.8 days. */
const longestTimer = 2_147_483_647;

function isTimer(value: unknown): boolean {
  return isWholeNumber(value, 0, longestTimer);
}

function isHeaderValue(value: unknown): boolean {
  return typeof value === 'string' && /^[\x20-\x7e]*$/.test(value);
}
