import { CORE_SCHEMA, load } from 'js-yaml';
import { type Document, isMap, isNode, isScalar, LineCounter, type Node, parseDocument } from 'yaml';
import { ConfigurationError, type Problem } from './errors.js';

/** Where a value stands in its file; undefined for a value that did not come from one. */
type LineOf = (path: readonly PropertyKey[]) => number | undefined;

/** A value as a person wrote it, and how to find its lines again. */
export interface Written {
  readonly file: string;
  readonly value: unknown;
  readonly lineOf: LineOf;
}

/**
 * Reads the YAML (or JSON) text of a file.
 * @throws ConfigurationError when it is not YAML, with the line of every syntax error.
 */
export function readYaml(text: string, file: string): Written {
  // Positions cost ten times the values, and are asked for only where something is wrong.
  let positions: Positions | undefined;
  const read = () => {
    positions ??= readPositions(text, file);
    return positions;
  };
  return { file, value: quickValue(text) ?? contentOf(read().document, file), lineOf: (path) => lineIn(read(), path) };
}

/**
 * What could be an alias or an anchor, because values that unfold are left to the parser that counts them; or a directive, which
 * may mean another version of YAML.
 */
const unusual = /(^|[\s[{,:-])[&*]\S|^%/m;

/** undefined = not readable in this way, whatever the reason. */
function quickValue(text: string): unknown {
  if (unusual.test(text)) return undefined;
  try {
    return load(text, { schema: CORE_SCHEMA });
  } catch {
    return undefined;
  }
}

/** A file with where its parts stand. */
interface Positions {
  readonly document: Document;
  readonly lines: LineCounter;
}

function readPositions(text: string, file: string): Positions {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines });
  if (document.errors.length === 0) return { document, lines };
  const problems = document.errors.map(({ message, linePos }) => {
    const [first = ''] = message.split(/ at line |\n/);
    return problemOf(file, linePos?.[0].line, first);
  });
  throw new ConfigurationError(problems);
}

/** The line of what is at this path, or of the nearest around it that is written. */
function lineIn({ document, lines }: Positions, path: readonly PropertyKey[]): number | undefined {
  for (let depth = path.length; depth > 0; depth -= 1) {
    const node = placeOf(document, path.slice(0, depth));
    if (node?.range) return lines.linePos(node.range[0]).line;
  }
  const { contents } = document;
  return isNode(contents) && contents.range ? lines.linePos(contents.range[0]).line : undefined;
}

/** The key of a pair, because its value may begin further down; the item itself in a list. */
function placeOf(parsed: Document, path: readonly PropertyKey[]): Node | undefined {
  const parent = parsed.getIn(path.slice(0, -1), true);
  const last = path.at(-1);
  const pair = isMap(parent) ? parent.items.find(({ key }) => isScalar(key) && key.value === last) : undefined;
  const node = pair ? pair.key : parsed.getIn(path, true);
  return isNode(node) ? node : undefined;
}

/** An alias without its anchor, and one that would grow without bound, come to light only here. */
function contentOf(parsed: Document, file: string): unknown {
  try {
    return parsed.toJS() ?? {};
  } catch (error) {
    throw new ConfigurationError([{ file, message: (error as Error).message }]);
  }
}

export function problemOf(file: string, line: number | undefined, message: string): Problem {
  return line === undefined ? { file, message } : { file, line, message };
}
