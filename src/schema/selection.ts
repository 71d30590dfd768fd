import {
  type FieldNode,
  GraphQLIncludeDirective,
  type GraphQLResolveInfo,
  GraphQLSkipDirective,
  getDirectiveValues,
  Kind,
  type SelectionNode,
} from 'graphql';

/** Every product of a list hands in the same nodes, so the walk is done once per list. */
const memo = new WeakMap<readonly FieldNode[], ReadonlySet<string>>();

/**
 * Names of the fields that the operation selects below the field being resolved: fragments followed, aliases undone,
 * @skip and @include obeyed.
 */
export function selectedFields(info: GraphQLResolveInfo): ReadonlySet<string> {
  let names = memo.get(info.fieldNodes);
  if (!names) {
    names = new Set(info.fieldNodes.flatMap((node) => namesIn(node.selectionSet?.selections ?? [], info)));
    memo.set(info.fieldNodes, names);
  }
  return names;
}

function namesIn(selections: readonly SelectionNode[], info: GraphQLResolveInfo): string[] {
  return selections
    .filter((selection) => isWanted(selection, info))
    .flatMap((selection) => {
      if (selection.kind === Kind.FIELD) return [selection.name.value];
      if (selection.kind === Kind.INLINE_FRAGMENT) return namesIn(selection.selectionSet.selections, info);
      return namesIn(info.fragments[selection.name.value]?.selectionSet.selections ?? [], info);
    });
}

function isWanted(selection: SelectionNode, { variableValues }: GraphQLResolveInfo): boolean {
  const skip = getDirectiveValues(GraphQLSkipDirective, selection, variableValues);
  const include = getDirectiveValues(GraphQLIncludeDirective, selection, variableValues);
  return skip?.['if'] !== true && include?.['if'] !== false;
}
