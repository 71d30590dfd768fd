import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import ts from 'typescript';

/** What a file takes from elsewhere. */
export interface Import {
  /** A path below src without `.ts`, such as `table/page`, or the name of a package. */
  readonly from: string;
  /** Whether it is gone when the program runs. */
  readonly typeOnly: boolean;
  readonly line: number;
}

export interface SourceFile {
  /** Below src, with slashes. */
  readonly path: string;
  readonly text: string;
  readonly imports: readonly Import[];
  /** Members that are read of `process`, by any way of writing it. */
  readonly processMembers: readonly string[];
  readonly hasDefaultExport: boolean;
}

/** Every TypeScript file below a folder. */
export function readSourceFiles(folder: string): SourceFile[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.ts'))
    .sort()
    .map((path) => readSourceFile(path.replaceAll('\\', '/'), readFileSync(join(folder, path), 'utf8')));
}

export function readSourceFile(path: string, text: string): SourceFile {
  const file = ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true, ts.ScriptKind.TS);
  const nodes = allNodes(file);
  const imports = nodes.flatMap((node) => {
    const found = importOf(node);
    if (!found) return [];
    const { line } = file.getLineAndCharacterOfPosition(node.getStart());
    return [{ from: resolved(path, found.name), typeOnly: found.typeOnly, line: line + 1 }];
  });
  return {
    path,
    text,
    imports,
    processMembers: nodes.flatMap(processMembersOf),
    hasDefaultExport: nodes.some(isDefaultExport),
  };
}

function allNodes(root: ts.Node): ts.Node[] {
  const nodes: ts.Node[] = [];
  const visit = (node: ts.Node): void => {
    nodes.push(node);
    ts.forEachChild(node, visit);
  };
  visit(root);
  return nodes;
}

function importOf(node: ts.Node): { name: string; typeOnly: boolean } | null {
  if (ts.isImportDeclaration(node)) return named(node.moduleSpecifier, isTypeImport(node.importClause));
  if (ts.isExportDeclaration(node) && node.moduleSpecifier) return named(node.moduleSpecifier, isTypeExport(node));
  if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword)
    return named(node.arguments[0], false);
  if (ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument)) return named(node.argument.literal, true);
  return null;
}

/** A module whose name is only known when the program runs counts as a package of that expression. */
function named(node: ts.Node | undefined, typeOnly: boolean): { name: string; typeOnly: boolean } {
  return { name: node && ts.isStringLiteralLike(node) ? node.text : (node?.getText() ?? '?'), typeOnly };
}

function isTypeImport(clause: ts.ImportClause | undefined): boolean {
  if (!clause) return false;
  if (clause.phaseModifier === ts.SyntaxKind.TypeKeyword) return true;
  const bindings = clause.namedBindings;
  if (clause.name || !bindings || !ts.isNamedImports(bindings)) return false;
  return bindings.elements.length > 0 && bindings.elements.every(({ isTypeOnly }) => isTypeOnly);
}

function isTypeExport({ isTypeOnly, exportClause }: ts.ExportDeclaration): boolean {
  if (isTypeOnly) return true;
  if (!exportClause || !ts.isNamedExports(exportClause)) return false;
  return exportClause.elements.length > 0 && exportClause.elements.every((element) => element.isTypeOnly);
}

/** `../errors.js` in `table/page.ts` is `errors`; a package is its name. */
function resolved(path: string, name: string): string {
  if (name.startsWith('.')) return relative('.', join(dirname(path), name)).replace(/\.(js|ts)$/, '');
  return name;
}

/** `googleapis/build/x.js` is of `googleapis`, `@apollo/server/errors` of `@apollo/server`. */
export function packageOf(name: string): string {
  return name.split('/', name.startsWith('@') ? 2 : 1).join('/');
}

function processMembersOf(node: ts.Node): string[] {
  if (ts.isPropertyAccessExpression(node) && isProcess(node.expression)) return [node.name.text];
  if (ts.isElementAccessExpression(node) && isProcess(node.expression)) return [textOf(node.argumentExpression)];
  if (ts.isImportDeclaration(node) && /^(node:)?process$/.test(textOf(node.moduleSpecifier)))
    return importedNames(node);
  if (ts.isVariableDeclaration(node) && node.initializer && isProcess(node.initializer)) return boundNames(node.name);
  return [];
}

function isProcess(node: ts.Expression): boolean {
  return /^(globalThis\.|global\.)?process$/.test(node.getText());
}

function importedNames({ importClause }: ts.ImportDeclaration): string[] {
  const bindings = importClause?.namedBindings;
  if (!bindings || !ts.isNamedImports(bindings)) return [];
  return bindings.elements.map(({ name, propertyName }) => (propertyName ?? name).text);
}

function boundNames(name: ts.BindingName): string[] {
  if (!ts.isObjectBindingPattern(name)) return [];
  return name.elements.map((element) => (element.propertyName ?? element.name).getText());
}

function textOf(node: ts.Node): string {
  return ts.isStringLiteralLike(node) ? node.text : node.getText();
}

function isDefaultExport(node: ts.Node): boolean {
  if (ts.isExportAssignment(node)) return true;
  if (ts.isExportSpecifier(node)) return node.name.text === 'default';
  return (
    ts.canHaveModifiers(node) && (ts.getModifiers(node) ?? []).some(({ kind }) => kind === ts.SyntaxKind.DefaultKeyword)
  );
}
