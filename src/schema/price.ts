import {
  type FieldNode,
  type FragmentDefinitionNode,
  GraphQLError,
  type GraphQLField,
  type GraphQLObjectType,
  type GraphQLSchema,
  getArgumentValues,
  getNamedType,
  isObjectType,
  Kind,
  type OperationDefinitionNode,
  type SelectionNode,
  type SelectionSetNode,
} from 'graphql';
import {
  type FieldArguments,
  nothing,
  ownPrice,
  type Place,
  type Price,
  type PriceRules,
  placeBelow,
} from './fieldPrices.js';

export interface PricedOperation extends PriceRules {
  readonly schema: GraphQLSchema;
  readonly operation: OperationDefinitionNode;
  readonly fragments: Readonly<Record<string, FragmentDefinitionNode>>;
  /** Coerced. */
  readonly variables: Readonly<Record<string, unknown>>;
}

/**
 * The most that an operation can cost, found without running it: every product is taken for one that nobody has asked for
 * yet. Cheap, so that only what might be too expensive has to be planned.
 */
export function boundPrice(priced: PricedOperation): Price {
  const { schema, operation, fragments, variables } = priced;
  const memo = new Map<string, Price>();

  function priceOf(type: GraphQLObjectType, set: SelectionSetNode | undefined, place: Place): Price {
    return sum((set?.selections ?? []).map((selection) => priceOfSelection(type, selection, place)));
  }

  function priceOfSelection(type: GraphQLObjectType, selection: SelectionNode, place: Place): Price {
    if (selection.kind === Kind.FIELD) return priceOfField(type, selection, place);
    if (selection.kind === Kind.INLINE_FRAGMENT) return priceOf(type, selection.selectionSet, place);
    return priceOfFragment(type, selection.name.value, place);
  }

  /** Once for each place, so that a bomb of fragments stays small. */
  function priceOfFragment(type: GraphQLObjectType, name: string, place: Place): Price {
    const key = `${name} ${place.sites} ${place.products} ${place.listed}`;
    const known = memo.get(key);
    if (known) return known;
    memo.set(key, nothing);
    const price = priceOf(type, fragments[name]?.selectionSet, place);
    memo.set(key, price);
    return price;
  }

  function priceOfField(type: GraphQLObjectType, node: FieldNode, place: Place): Price {
    const field = type.getFields()[node.name.value];
    const inner = field && getNamedType(field.type);
    if (!field || !isObjectType(inner)) return nothing;
    const args = readArguments(field, node, variables);
    if (!args) return nothing;
    const path = `${type.name}.${field.name}`;
    const below = placeBelow(path, { args, place, rules: priced });
    const own = ownPrice(path, { args, place: below, rules: priced });
    return sum([own, priceOf(inner, node.selectionSet, below)]);
  }

  const root = schema.getRootType(operation.operation);
  return root ? priceOf(root, operation.selectionSet, { sites: 0, products: 0, listed: 0 }) : nothing;
}

/** null where only a variable's value is wrong, which the execution says better. */
function readArguments(
  field: GraphQLField<unknown, unknown>,
  node: FieldNode,
  variables: PricedOperation['variables'],
): FieldArguments | null {
  try {
    return getArgumentValues(field, node, variables);
  } catch (error) {
    if (error instanceof GraphQLError) return null;
    throw error;
  }
}

function sum(prices: readonly Price[]): Price {
  return prices.reduce(
    (all, { partnerCalls, reports }) => ({
      partnerCalls: all.partnerCalls + partnerCalls,
      reports: all.reports + reports,
    }),
    nothing,
  );
}
