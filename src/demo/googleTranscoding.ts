import { badRequest, unsupported, type Violation } from './googleErrors.js';
import { choices, enums, messages, type Requests } from './googleMessages.js';

/**
 * Reads a JSON body into a request, as Google's front end does before the method sees it: unknown fields and values of a
 * wrong type are all reported at once, int64 may be a number or a string, field names may be written in both cases.
 *
 * @throws GoogleError 400 with one violation for each fault; 501 for a field that the emulator refuses.
 */
export function transcode<M extends keyof Requests>(message: M, body: string): Requests[M] {
  const violations: Violation[] = [];
  const request = readMessage(message, parseBody(body), '', violations);
  if (violations.length > 0) throw badRequest(violations);
  return request as Requests[M];
}

function parseBody(body: string): unknown {
  if (body.trim() === '') return {};
  try {
    return JSON.parse(body);
  } catch {
    throw badRequest([{ description: 'Invalid JSON payload received. Unexpected token.' }]);
  }
}

function readMessage(type: string, value: unknown, path: string, violations: Violation[]): object | undefined {
  if (!isRecord(value)) {
    violations.push(path === '' ? notAMessage : wrongValue(path, `type.googleapis.com/${packageName}.${type}`, value));
    return undefined;
  }
  const fields = messages[type] ?? {};
  const sent = new Map<string, unknown>();
  for (const [key, content] of Object.entries(value)) {
    const name = toCamelCase(key);
    if (!Object.hasOwn(fields, name)) violations.push(unknownName(key, path));
    else if (content !== null) sent.set(name, content);
  }
  reportDoubleChoice(type, [...sent.keys()], path, violations);
  const read = Object.entries(fields).map(([name, fieldType]) => {
    const fieldPath = path === '' ? toSnakeCase(name) : `${path}.${toSnakeCase(name)}`;
    return [name, readField(fieldType, sent.get(name), fieldPath, violations)] as const;
  });
  return Object.fromEntries(read.filter(([, content]) => content !== undefined));
}

function readField(type: string, value: unknown, path: string, violations: Violation[]): unknown {
  if (type.endsWith('[]')) return readList(type.slice(0, -2), value, path, violations);
  const scalar = type.replace('?', '');
  if (value === undefined) return type === scalar ? defaultOf(scalar) : undefined;
  if (type === 'unsupported') throw unsupported(path);
  if (Object.hasOwn(messages, type)) return readMessage(type, value, path, violations);
  if (Object.hasOwn(enums, type)) return readEnum(type, value, path, violations);
  const content = readScalar(scalar, value);
  if (content === undefined) violations.push(wrongValue(path, `TYPE_${scalar.toUpperCase()}`, value));
  return content;
}

function readList(type: string, value: unknown, path: string, violations: Violation[]): unknown[] {
  // The JSON layer takes a lone value for a list of one.
  const items = value === undefined ? [] : Array.isArray(value) ? value : [value];
  return items.map((item, index) => readField(type, item, `${path}[${index}]`, violations));
}

function defaultOf(type: string): unknown {
  if (Object.hasOwn(enums, type)) return enums[type]?.values[0];
  const defaults: Record<string, unknown> = { string: '', bool: false, int32: 0, int64: 0, double: 0 };
  return defaults[type];
}

function readEnum(type: string, value: unknown, path: string, violations: Violation[]): string | undefined {
  const { type: name, values } = enums[type] ?? { type, values: [] };
  const known = typeof value === 'number' ? values[value] : values.find((candidate) => candidate === value);
  if (known === undefined) violations.push(wrongValue(path, `type.googleapis.com/${packageName}.${name}`, value));
  return known;
}

/** undefined = not a value of that type. */
function readScalar(type: string, value: unknown): string | number | boolean | undefined {
  if (type === 'string') return typeof value === 'string' ? value : undefined;
  if (type === 'bool') return typeof value === 'boolean' ? value : undefined;
  const isText = typeof value === 'string' && value.trim() !== '';
  const number = isText || typeof value === 'number' ? Number(value) : Number.NaN;
  return type === 'double' ? finite(number) : whole(number);
}

function finite(number: number): number | undefined {
  return Number.isFinite(number) ? number : undefined;
}

function whole(number: number): number | undefined {
  return Number.isInteger(number) ? number : undefined;
}

const packageName = 'google.analytics.data.v1beta';

const notAMessage: Violation = {
  description: 'Invalid JSON payload received. Unknown name "": Root element must be a message.',
};

function wrongValue(path: string, type: string, value: unknown): Violation {
  return { field: path, description: `Invalid value at '${path}' (${type}), ${JSON.stringify(value)}` };
}

function unknownName(name: string, path: string): Violation {
  const place = path === '' ? '' : ` at '${path}'`;
  return {
    ...(path !== '' && { field: path }),
    description: `Invalid JSON payload received. Unknown name "${name}"${place}: Cannot find field.`,
  };
}

function reportDoubleChoice(type: string, sent: readonly string[], path: string, violations: Violation[]): void {
  const choice = choices[type];
  const second = sent.filter((name) => choice?.fields.includes(name))[1];
  if (!choice || second === undefined) return;
  const description = `Invalid value at '${path}' (oneof), oneof field '${choice.name}' is already set. Cannot set '${toSnakeCase(second)}'`;
  violations.push({ field: path, description });
}

function toCamelCase(name: string): string {
  return name.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
}

function toSnakeCase(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
