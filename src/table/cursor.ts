import { GatewayError } from '../errors.js';

/** A place in an ordered list of products: the order, the value that was ordered by, and the product. */
export interface Cursor {
  /** E.g. `NAME`: a cursor only fits the order that it was made in. */
  readonly order: string;
  readonly value: string | number | null;
  readonly id: string;
}

export function encodeCursor({ order, value, id }: Cursor): string {
  return Buffer.from(JSON.stringify([order, value, id])).toString('base64url');
}

/** @throws GatewayError BAD_USER_INPUT for a text that is no cursor, or one of another order. */
export function decodeCursor(text: string, argument: 'after' | 'before', order: string): Cursor {
  const parts = parse(text);
  if (!parts) throw notACursor(argument);
  const [itsOrder, value, id] = parts;
  if (itsOrder === order) return { order, value, id };
  throw new GatewayError(
    'BAD_USER_INPUT',
    `${argument}: this cursor belongs to a list in another order; start again without it.`,
  );
}

export function notACursor(argument: 'after' | 'before'): GatewayError {
  return new GatewayError(
    'BAD_USER_INPUT',
    `${argument}: this is not a cursor of a list of products; take one from pageInfo or edges of an answer.`,
  );
}

function parse(text: string): [string, Cursor['value'], string] | null {
  try {
    const parts: unknown = JSON.parse(Buffer.from(text, 'base64url').toString('utf8'));
    return isParts(parts) ? parts : null;
  } catch {
    return null;
  }
}

function isParts(parts: unknown): parts is [string, Cursor['value'], string] {
  if (!Array.isArray(parts) || parts.length !== 3) return false;
  const [order, value, id] = parts as unknown[];
  const orderable = value === null || typeof value === 'string' || typeof value === 'number';
  return typeof order === 'string' && orderable && typeof id === 'string';
}
