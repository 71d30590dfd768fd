import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { ConfigurationError, type Problem } from './errors.js';
import { suggestion } from './suggestion.js';
import { problemOf, readYaml, type Written } from './yamlText.js';

/** The value of a variable that a file refers to; undefined when it is not set. */
export type Variables = (name: string) => string | undefined;

/**
 * Reads a YAML (or JSON) file.
 * @throws ConfigurationError when it cannot be read or is not YAML, with the line of every syntax error.
 */
export function readYamlFile(file: string): Written {
  return readYaml(readText(file), file);
}

function readText(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    const message = code === 'ENOENT' ? 'there is no such file; check the path' : `the file cannot be read (${code})`;
    throw new ConfigurationError([{ file, message }]);
  }
}

/**
 * Checks a written value against its schema, after `${NAME}` and `${file:PATH}` in its texts were replaced.
 * @throws ConfigurationError with every problem at once, those that the caller knows already included: path, what is wrong, what would be right, and the line.
 */
export function parseWritten<S extends z.ZodType>(
  written: Written,
  schema: S,
  variables: Variables,
  known: readonly Problem[] = [],
): z.output<S> {
  const problems: Problem[] = [];
  const at = (path: readonly PropertyKey[], message: string) => {
    const where = path.length > 0 ? `${path.join('.')}: ` : '';
    problems.push(problemOf(written.file, written.lineOf(path), where + message));
  };
  const value = replaceVariables(written.value, [], variables, at);
  const parsed = schema.safeParse(value);
  const unset = new Set(problems.map(({ message }) => message.split(': ')[0]));
  for (const issue of parsed.error?.issues ?? []) {
    if (!unset.has(issue.path.join('.'))) reportIssue(issue, schema, at);
  }
  problems.push(...known);
  if (problems.length > 0 || !parsed.success) {
    throw new ConfigurationError(problems.sort((a, b) => (a.line ?? 0) - (b.line ?? 0)));
  }
  return parsed.data;
}

type At = (path: readonly PropertyKey[], message: string) => void;

function reportIssue(issue: z.core.$ZodIssue, schema: z.ZodType, at: At): void {
  const inside = issue.code === 'invalid_union' ? chosenAlternative(issue.errors) : undefined;
  if (inside) {
    for (const each of inside) reportIssue({ ...each, path: [...issue.path, ...each.path] }, schema, at);
    return;
  }
  if (issue.code !== 'unrecognized_keys') {
    at(issue.path, inOurWords(issue));
    return;
  }
  const known = knownKeys(schema, issue.path);
  for (const key of issue.keys) at([...issue.path, key], `this key is not known${suggestion(key, known)}`);
}

/** What is wrong inside the only alternative whose kind the value has; undefined where it has several, or none. */
function chosenAlternative(alternatives: readonly z.core.$ZodIssue[][]): readonly z.core.$ZodIssue[] | undefined {
  const isInside = ({ code, path }: z.core.$ZodIssue) =>
    path.length > 0 || code === 'unrecognized_keys' || code === 'custom';
  const ofItsKind = alternatives.filter((issues) => issues.every(isInside));
  return ofItsKind.length === 1 ? ofItsKind[0] : undefined;
}

/** The library's own words name no cure. */
function inOurWords(issue: z.core.$ZodIssue): string {
  const isOwn = !issue.message.startsWith('Invalid ');
  if (issue.code === 'invalid_type' && !isOwn) {
    return issue.message.endsWith('undefined')
      ? `is missing; write ${aOrAn(issue.expected)}`
      : `write ${aOrAn(issue.expected)}`;
  }
  if (issue.code === 'invalid_value' && !isOwn) return `write one of ${issue.values.join(', ')}`;
  return issue.message;
}

function aOrAn(type: string): string {
  const name = { string: 'text', array: 'list', object: 'mapping', record: 'mapping' }[type] ?? type;
  return /^[aeiou]/.test(name) ? `an ${name}` : `a ${name}`;
}

interface JsonSchema {
  properties?: Record<string, JsonSchema>;
  items?: JsonSchema;
  anyOf?: JsonSchema[];
}

/** The keys that the schema allows at a path. */
function knownKeys(schema: z.ZodType, path: readonly PropertyKey[]): string[] {
  const root = z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' }) as JsonSchema;
  const alternatives = (node: JsonSchema): JsonSchema[] => [node, ...(node.anyOf ?? []).flatMap(alternatives)];
  const places = path.reduce<JsonSchema[]>(
    (nodes, step) =>
      nodes
        .flatMap(alternatives)
        .map((node) => (typeof step === 'number' ? node.items : node.properties?.[String(step)]))
        .filter((node) => node !== undefined),
    [root],
  );
  return [...new Set(places.flatMap(alternatives).flatMap((node) => Object.keys(node.properties ?? {})))];
}

function replaceVariables(value: unknown, path: readonly PropertyKey[], variables: Variables, at: At): unknown {
  if (typeof value === 'string') return replaceInText(value, path, variables, at);
  if (Array.isArray(value)) return value.map((item, index) => replaceVariables(item, [...path, index], variables, at));
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).map(([key, item]) => [
    key,
    replaceVariables(item, [...path, key], variables, at),
  ]);
  return Object.fromEntries(entries);
}

function replaceInText(text: string, path: readonly PropertyKey[], variables: Variables, at: At): string {
  return text.replace(/\$\{(file:)?([^{}]*)\}/g, (whole, isFile, name) => {
    const value = isFile ? readSecret(name) : variables(name);
    if (value !== undefined) return value;
    at(path, isFile ? `the file ${name} cannot be read.` : `the variable ${name} is not set.`);
    return whole;
  });
}

/** Secret files usually end with a line break that is not part of the secret. */
function readSecret(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8').replace(/\r?\n$/, '');
  } catch {
    return undefined;
  }
}
