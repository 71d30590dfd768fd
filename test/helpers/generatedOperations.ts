import fc from 'fast-check';
import {
  type GraphQLField,
  type GraphQLInputObjectType,
  type GraphQLInputType,
  type GraphQLObjectType,
  type GraphQLSchema,
  getNamedType,
  isEnumType,
  isInputObjectType,
  isListType,
  isNonNullType,
  isObjectType,
} from 'graphql';

type Pick = <T>(arbitrary: fc.Arbitrary<T>) => T;

export interface OperationOptions {
  /** What stands for an argument, by its name; undefined = it is left out. Without an entry its type decides. */
  readonly args: Readonly<Record<string, fc.Arbitrary<string | undefined>>>;
  readonly maxDepth: number;
}

/** Fields below a field that makes a list, a page or a sum; others are as likely. */
const maxFields = 4;

/** Operations of a schema, whatever it has: fields under aliases, arguments, fragments inline and by name. */
export function operationsOf(schema: GraphQLSchema, options: OperationOptions): fc.Arbitrary<string> {
  return fc.gen().map((generate) => {
    const writer = createWriter((arbitrary) => generate(() => arbitrary), options);
    const query = schema.getQueryType() as GraphQLObjectType;
    return writer.write(query);
  });
}

function createWriter(pick: Pick, { args, maxDepth }: OperationOptions) {
  const fragments: string[] = [];
  let aliases = 0;

  function selectionSet(type: GraphQLObjectType, depth: number): string {
    const fields = Object.values(type.getFields()).filter(
      (field) => depth > 0 || !isObjectType(getNamedType(field.type)),
    );
    const chosen = Array.from({ length: 1 + pick(fc.nat(maxFields - 1)) }, () =>
      fields.length === 0 ? '__typename' : fieldText(pick(fc.constantFrom(...fields)), depth),
    );
    return `{ ${chosen.map((text) => wrap(text, type)).join(' ')} }`;
  }

  /** The selection as it is, or in a fragment. */
  function wrap(text: string, type: GraphQLObjectType): string {
    const way = pick(fc.nat(7));
    if (way === 0) return `... on ${type.name} { ${text} }`;
    if (way !== 1) return text;
    const name = `F${fragments.length}`;
    fragments.push(`fragment ${name} on ${type.name} { ${text} }`);
    return `...${name} ...${name}`;
  }

  function fieldText(field: GraphQLField<unknown, unknown>, depth: number): string {
    aliases += 1;
    const type = getNamedType(field.type);
    const written = field.args.flatMap((argument) => {
      const value = argumentText(argument.name, argument.type);
      return value === undefined ? [] : [`${argument.name}: ${value}`];
    });
    const inner = isObjectType(type) ? ` ${selectionSet(type, depth - 1)}` : '';
    return `a${aliases}: ${field.name}${written.length > 0 ? `(${written.join(', ')})` : ''}${inner}`;
  }

  function argumentText(name: string, type: GraphQLInputType): string | undefined {
    const own = args[name];
    if (own) return pick(own);
    return isNonNullType(type) || pick(fc.boolean()) ? valueText(type, 2) : undefined;
  }

  function valueText(type: GraphQLInputType, depth: number): string {
    if (isNonNullType(type)) return valueText(type.ofType as GraphQLInputType, depth);
    if (isListType(type)) {
      const items = Array.from({ length: pick(fc.nat(2)) }, () => valueText(type.ofType as GraphQLInputType, depth));
      return `[${items.join(', ')}]`;
    }
    if (isEnumType(type)) return pick(fc.constantFrom(...type.getValues())).name;
    if (isInputObjectType(type)) return inputText(type, depth);
    return scalarText(type.name);
  }

  function inputText(type: GraphQLInputObjectType, depth: number): string {
    const written = Object.values(type.getFields()).flatMap((field) => {
      const isWanted = isNonNullType(field.type) || (depth > 0 && pick(fc.nat(3)) === 0);
      const own = args[field.name];
      const value = isWanted ? (own ? pick(own) : valueText(field.type, depth - 1)) : undefined;
      return value === undefined ? [] : [`${field.name}: ${value}`];
    });
    return `{ ${written.join(', ')} }`;
  }

  function scalarText(name: string): string {
    const values: Record<string, string> = {
      Boolean: 'true',
      Date: '"2026-01-01"',
      DateTime: '"2026-01-01T00:00:00Z"',
      Decimal: '"1.50"',
      ID: '"a"',
      String: '"a"',
    };
    return values[name] ?? String(pick(fc.nat(3)));
  }

  return {
    write(query: GraphQLObjectType): string {
      const operation = selectionSet(query, maxDepth);
      return [operation, ...fragments].join('\n');
    },
  };
}
