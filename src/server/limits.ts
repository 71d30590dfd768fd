import {
  type ASTNode,
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

/** In characters; what people and programs write has a few dozen. */
const longestName = 100;

/**
 * What a client names stands in the answer once for each value, or for each part: an alias of 200 kB over 1,000 products would
 * be 200 MB. With `limits.values`, and with the texts that catalog and partner may bring, this bounds the bytes of an answer.
 */
export const shortNames: ValidationRule = (context) => {
  function refuse(node: ASTNode, what: string): void {
    context.reportError(new GraphQLError(`${what} may have at most ${longestName} characters.`, { nodes: node }));
  }
  return {
    Field({ alias }) {
      if (alias && alias.value.length > longestName) refuse(alias, 'An alias');
    },
    Directive({ name, arguments: given = [] }) {
      const label = name.value === 'defer' ? given.find((argument) => argument.name.value === 'label') : undefined;
      // One out of a variable is as long as the variable.
      const isShort = label?.value.kind === Kind.STRING && label.value.value.length <= longestName;
      if (label && label.value.kind !== Kind.NULL && !isShort) refuse(label, 'A label is written in the document, and');
    },
  };
};

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
