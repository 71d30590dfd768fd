import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** The part of Google's discovery format that describes messages. */
export interface DiscoverySchema {
  readonly $ref?: string;
  readonly type?: string;
  readonly format?: string;
  readonly enum?: readonly string[];
  readonly items?: DiscoverySchema;
  readonly properties?: Readonly<Record<string, DiscoverySchema>>;
  readonly additionalProperties?: DiscoverySchema;
}

const path = fileURLToPath(new URL('../../../shared/contracts/analyticsdata-v1beta.discovery.json', import.meta.url));
let schemas: ReadonlyMap<string, DiscoverySchema> | undefined;

/**
 * A message of the Data API, as Google describes it.
 *
 * @throws when the discovery document is not where the contract tests expect it, or has no such message.
 */
export function readDiscoverySchema(name: string): DiscoverySchema {
  schemas ??= new Map(Object.entries(readDocument().schemas));
  const schema = schemas.get(name);
  if (!schema) throw new Error(`The discovery document has no schema ${name}.`);
  return schema;
}

function readDocument(): { schemas: Record<string, DiscoverySchema> } {
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch (error) {
    throw new Error(
      `The contract tests need Google's discovery document of the Data API at ../shared/contracts/analyticsdata-v1beta.discovery.json, beside the repository (${path}). It could not be read: ${error instanceof Error ? error.message : String(error)}`,
    );
  }
}

/** Everything in which a JSON value is not a message of that name; an unknown property is a fault. Empty = it fits. */
export function validateAgainst(schemaName: string, value: unknown): string[] {
  return validate(readDiscoverySchema(schemaName), value, schemaName);
}

function validate(schema: DiscoverySchema, value: unknown, place: string): string[] {
  if (schema.$ref !== undefined) return validate(readDiscoverySchema(schema.$ref), value, place);
  switch (schema.type) {
    case 'object':
      return validateObject(schema, value, place);
    case 'array':
      return validateList(schema, value, place);
    case 'any':
      return [];
    default:
      return validateScalar(schema, value) ? [] : [`${place}: ${JSON.stringify(value)} is not ${describe(schema)}`];
  }
}

function validateObject(schema: DiscoverySchema, value: unknown, place: string): string[] {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return [`${place}: not an object`];
  return Object.entries(value).flatMap(([name, content]) => {
    const property = schema.properties?.[name] ?? schema.additionalProperties;
    return property ? validate(property, content, `${place}.${name}`) : [`${place}.${name}: unknown property`];
  });
}

function validateList({ items = {} }: DiscoverySchema, value: unknown, place: string): string[] {
  if (!Array.isArray(value)) return [`${place}: not a list`];
  return value.flatMap((item, index) => validate(items, item, `${place}[${index}]`));
}

function validateScalar({ type, format, enum: values }: DiscoverySchema, value: unknown): boolean {
  switch (type) {
    case 'string':
      if (typeof value !== 'string') return false;
      return format === 'int64' ? /^-?\d+$/.test(value) : (values?.includes(value) ?? true);
    case 'integer':
      return Number.isInteger(value) && Math.abs(Number(value)) < 2 ** 31;
    default:
      return typeof value === type;
  }
}

function describe({ type, format, enum: values }: DiscoverySchema): string {
  return values ? `one of ${values.join(', ')}` : `a ${[type, format].filter(Boolean).join(' of format ')}`;
}
