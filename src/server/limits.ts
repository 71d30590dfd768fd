import {
  type FieldNode,
  type FragmentDefinitionNode,
  GraphQLError,
  Kind,
  type OperationDefinitionNode,
  type SelectionNode,
  type ValidationContext,
  type ValidationRule,
} from 'graphql';

/** Operations of a kind that the schema does not have are wrong requests, not failures of their execution. */
export const knownOperationTypes: ValidationRule = (context) => ({
  OperationDefinition(node) {
    if (context.getSchema().getRootType(node.operation)) return;
    const message = `There is no ${node.operation} here: the gateway only answers queries.`;
    context.reportError(new GraphQLError(message, { nodes: node }));
  },
});

/** Field names that hold a list of products; one of them inside another multiplies the two. */
const lists: ReadonlySet<string> = new Set(['products']);

/**
 * A list of products may not stand inside another one: a page of 60 inside a page of 60, four times over, is 13 million
 * products, which no deadline stops, because no source is asked for them. Introspection is not looked into.
 */
export const noListInList: ValidationRule = (context) => ({
  OperationDefinition(node) {
    const inner = findInnerList(node, context);
    if (!inner) return;
    const message = `${inner.name.value} stands inside another list of products; ask for it in a query of its own.`;
    context.reportError(new GraphQLError(message, { nodes: inner }));
  },
});

/** The first list inside a list. Each fragment is looked into once outside and once inside a list, so a bomb stays small. */
function findInnerList(operation: OperationDefinitionNode, context: ValidationContext): FieldNode | undefined {
  const seen = new Set<string>();

  function search(selections: readonly SelectionNode[], isInside: boolean): FieldNode | undefined {
    for (const selection of selections) {
      const inner = searchOne(selection, isInside);
      if (inner) return inner;
    }
    return undefined;
  }

  function searchOne(selection: SelectionNode, isInside: boolean): FieldNode | undefined {
    if (selection.kind === Kind.INLINE_FRAGMENT) return search(selection.selectionSet.selections, isInside);
    if (selection.kind === Kind.FRAGMENT_SPREAD) return searchFragment(selection.name.value, isInside);
    const isList = lists.has(selection.name.value);
    if (isList && isInside) return selection;
    return search(selection.selectionSet?.selections ?? [], isInside || isList);
  }

  function searchFragment(name: string, isInside: boolean): FieldNode | undefined {
    const visit = `${name} ${isInside}`;
    const fragment: FragmentDefinitionNode | null | undefined = seen.has(visit) ? null : context.getFragment(name);
    seen.add(visit);
    return fragment ? search(fragment.selectionSet.selections, isInside) : undefined;
  }

  return search(operation.selectionSet.selections, false);
}

/** A filter nests a few levels; what goes deeper than this is no question that people ask. */
const maxVariableDepth = 50;

/**
 * Whether variables are nested deeper than any honest ones. Level by level and not by recursion: the depth is the sender's to
 * choose, and whoever reads a value by recursion would run out of stack.
 */
export function isTooDeep(variables: unknown): boolean {
  let level: unknown[] = [variables];
  for (let depth = 0; depth <= maxVariableDepth; depth += 1) {
    level = level.flatMap((each) => (typeof each === 'object' && each !== null ? Object.values(each) : []));
    if (level.length === 0) return false;
  }
  return true;
}
