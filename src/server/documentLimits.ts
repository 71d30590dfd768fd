import {
  type ASTNode,
  GraphQLError,
  Kind,
  type SelectionNode,
  type SelectionSetNode,
  type ValidationContext,
  type ValidationRule,
} from 'graphql';

/** The most that one operation may have of each, fragments counted wherever they are spread. */
export interface DocumentLimits {
  /** Fields inside each other. */
  readonly depth: number;
  readonly aliases: number;
  readonly fields: number;
}

/** Only @skip, @include and @defer exist, and nobody needs many of them. */
const maxDirectives = 9;

interface Size {
  readonly depth: number;
  readonly aliases: number;
  readonly fields: number;
  readonly directives: number;
}

const nothing: Size = { depth: 0, aliases: 0, fields: 0, directives: 0 };
/** What is below them is the schema, which is small and always the same; where introspection is off they are refused anyway. */
const introspection: ReadonlySet<string> = new Set(['__schema', '__type']);

/** Refuses an operation that is larger than any honest one, before anything of it is executed. */
export function limitDocuments(limits: DocumentLimits): ValidationRule {
  const all = { ...limits, directives: maxDirectives };
  return (context) => {
    const sizeOf = createMeasure(context);
    return {
      OperationDefinition(node) {
        const size = sizeOf(node.selectionSet);
        const directives = size.directives + (node.directives?.length ?? 0);
        for (const [name, count] of Object.entries({ ...size, directives }) as [keyof Size, number][]) {
          if (count > all[name]) context.reportError(new GraphQLError(complaint(name, all[name]), { nodes: node }));
        }
      },
    };
  };
}

/** Says the limit, which is no secret, and not the count, which for a bomb is a number of many digits. */
function complaint(name: keyof Size, limit: number): string {
  const what = name === 'depth' ? `is nested more than ${limit} fields deep` : `has more than ${limit} ${name}`;
  return `The operation ${what}, fragments included; ask for it in several operations.`;
}

/** Each fragment is measured once, so that a few hundred bytes which stand for millions of fields take no longer than others. */
function createMeasure(context: ValidationContext): (set: SelectionSetNode) => Size {
  const fragments = new Map<string, Size>();

  const sizeOf = (set: SelectionSetNode | undefined): Size =>
    (set?.selections ?? []).map(sizeOfOne).reduce(add, nothing);

  function sizeOfOne(selection: SelectionNode): Size {
    const inner = contentOf(selection);
    const isField = selection.kind === Kind.FIELD;
    return {
      depth: inner.depth + (isField ? 1 : 0),
      fields: inner.fields + (isField ? 1 : 0),
      aliases: inner.aliases + (isField && selection.alias ? 1 : 0),
      directives: inner.directives + directivesOf(selection),
    };
  }

  function contentOf(selection: SelectionNode): Size {
    if (selection.kind === Kind.FRAGMENT_SPREAD) return sizeOfFragment(selection.name.value);
    if (selection.kind === Kind.FIELD && introspection.has(selection.name.value)) return nothing;
    return sizeOf(selection.selectionSet);
  }

  function sizeOfFragment(name: string): Size {
    const known = fragments.get(name);
    if (known) return known;
    // A fragment that contains itself is refused by another rule; here it must only come to an end.
    fragments.set(name, nothing);
    const fragment = context.getFragment(name);
    const size = fragment
      ? add(sizeOf(fragment.selectionSet), { ...nothing, directives: directivesOf(fragment) })
      : nothing;
    fragments.set(name, size);
    return size;
  }

  return sizeOf;
}

function add(a: Size, b: Size): Size {
  return {
    depth: Math.max(a.depth, b.depth),
    aliases: a.aliases + b.aliases,
    fields: a.fields + b.fields,
    directives: a.directives + b.directives,
  };
}

function directivesOf(node: ASTNode): number {
  return ('directives' in node && node.directives?.length) || 0;
}
