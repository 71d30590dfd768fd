import {
  type ASTNode,
  type DefinitionNode,
  type DocumentNode,
  type EnumTypeDefinitionNode,
  type FieldDefinitionNode,
  type InputObjectTypeDefinitionNode,
  type InputValueDefinitionNode,
  Kind,
  type ObjectTypeDefinitionNode,
  print,
  visit,
} from 'graphql';
import type { Problem } from '../errors.js';
import { figureMappings } from '../figureMappings.js';

/** What a schema file may define besides directives and scalars. */
type TypeNode = ObjectTypeDefinitionNode | InputObjectTypeDefinitionNode | EnumTypeDefinitionNode;
type MemberNode = FieldDefinitionNode | InputValueDefinitionNode | { readonly name: { readonly value: string } };

/**
 * What a schema file asks for that nothing would answer: a type, field, argument or enum value that the gateway's own schema
 * does not have, or one with another type. Leaving things out is fine, and so are new figures with their directive.
 */
export function contractProblems(document: DocumentNode, contract: DocumentNode): Problem[] {
  const known = typesOf(contract);
  return document.definitions.flatMap((definition) => {
    const type = asType(definition);
    if (!type) return [];
    const counterpart = known.get(type.name.value);
    if (!counterpart) {
      return [problemAt(type.name, `the gateway has no reader for the type ${type.name.value}; remove it.`)];
    }
    if (kindOf(type) !== kindOf(counterpart)) {
      return [
        problemAt(type.name, `${type.name.value} must be written as "${kindOf(counterpart)} ${type.name.value}".`),
      ];
    }
    return membersOf(type).flatMap((member) => memberProblems(type.name.value, member, counterpart));
  });
}

/** The document, with the directives and scalars of the contract that it uses and does not define, and @defer. */
export function withSharedDefinitions(document: DocumentNode, contract: DocumentNode): DocumentNode {
  const defined = new Set(document.definitions.map(nameOf));
  const used = new Set<string>();
  visit(document, {
    NamedType: (node) => void used.add(node.name.value),
    Directive: (node) => void used.add(`@${node.name.value}`),
  });
  const missing = contract.definitions.filter((definition) => {
    const name = nameOf(definition);
    const shared = definition.kind === Kind.DIRECTIVE_DEFINITION || definition.kind === Kind.SCALAR_TYPE_DEFINITION;
    return shared && name !== undefined && (used.has(name) || name === '@defer') && !defined.has(name);
  });
  return { ...document, definitions: [...document.definitions, ...missing] };
}

function memberProblems(typeName: string, member: MemberNode, counterpart: TypeNode): Problem[] {
  const path = `${typeName}.${member.name.value}`;
  if (isFigure(typeName, member)) return [];
  const own = membersOf(counterpart).find(({ name }) => name.value === member.name.value);
  // A figure of the contract without its directive would be null for ever.
  if (!own || isFigure(typeName, own)) return [problemAt(member, `nothing answers ${path}; ${cureFor(typeName)}`)];
  if (!('type' in member) || !('type' in own)) return [];
  const problems = differentType(path, member, own);
  const ownArguments = new Map(argumentsOf(own).map((argument) => [argument.name.value, argument]));
  for (const argument of argumentsOf(member)) {
    const ownArgument = ownArguments.get(argument.name.value);
    const argumentPath = `${path}(${argument.name.value}:)`;
    if (!ownArgument) problems.push(problemAt(argument, `nothing reads ${argumentPath}; remove the argument.`));
    else problems.push(...differentType(argumentPath, argument, ownArgument));
  }
  return problems;
}

function differentType(
  path: string,
  member: FieldDefinitionNode | InputValueDefinitionNode,
  own: FieldDefinitionNode | InputValueDefinitionNode,
): Problem[] {
  if (print(member.type) === print(own.type)) return [];
  return [problemAt(member, `${path} must have the type ${print(own.type)}, not ${print(member.type)}.`)];
}

function isFigure(typeName: string, member: MemberNode): boolean {
  if (!Object.hasOwn(figureMappings, typeName) || !('directives' in member)) return false;
  return (member.directives ?? []).some(({ name }) => Object.hasOwn(directiveExamples, name.value));
}

function cureFor(typeName: string): string {
  if (!Object.hasOwn(figureMappings, typeName)) return 'remove it.';
  const { directive } = figureMappings[typeName as keyof typeof figureMappings];
  return `add ${directiveExamples[directive]} or remove it.`;
}

const directiveExamples = {
  metric: '@metric(name: "…")',
  value: '@value(pointer: "/…")',
  ratio: '@ratio(of: "…", per: "…")',
} as const;

function typesOf(document: DocumentNode): Map<string, TypeNode> {
  return new Map(
    document.definitions.flatMap((definition) => {
      const type = asType(definition);
      return type ? [[type.name.value, type] as const] : [];
    }),
  );
}

const typeKinds: ReadonlySet<string> = new Set([
  Kind.OBJECT_TYPE_DEFINITION,
  Kind.OBJECT_TYPE_EXTENSION,
  Kind.INPUT_OBJECT_TYPE_DEFINITION,
  Kind.INPUT_OBJECT_TYPE_EXTENSION,
  Kind.ENUM_TYPE_DEFINITION,
  Kind.ENUM_TYPE_EXTENSION,
  Kind.INTERFACE_TYPE_DEFINITION,
  Kind.UNION_TYPE_DEFINITION,
]);

/** The keyword that begins a definition; an extension's is that of the type it extends. */
function kindOf({ kind }: TypeNode): string {
  return (
    { Object: 'type', InputObject: 'input', Enum: 'enum' }[kind.replace(/Type(Definition|Extension)$/, '')] ?? 'other'
  );
}

function asType(definition: DefinitionNode): TypeNode | null {
  return typeKinds.has(definition.kind) ? (definition as TypeNode) : null;
}

function membersOf(type: TypeNode): readonly MemberNode[] {
  return ('values' in type ? type.values : 'fields' in type ? type.fields : undefined) ?? [];
}

function argumentsOf(node: FieldDefinitionNode | InputValueDefinitionNode): readonly InputValueDefinitionNode[] {
  return ('arguments' in node ? node.arguments : undefined) ?? [];
}

function nameOf(definition: DefinitionNode): string | undefined {
  if (definition.kind === Kind.DIRECTIVE_DEFINITION) return `@${definition.name.value}`;
  return 'name' in definition ? definition.name?.value : undefined;
}

function problemAt(node: ASTNode | MemberNode, message: string): Problem {
  const location = 'loc' in node ? node.loc : undefined;
  const file = location?.source.name ?? 'schema';
  return location ? { file, line: location.startToken.line, message } : { file, message };
}
