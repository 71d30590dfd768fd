import { type DocumentNode, execute, type GraphQLError, type GraphQLSchema } from 'graphql';
import type { Planning, UpstreamPlan } from '../plan.js';
import type { Context } from './context.js';

export interface PlannedOperation {
  readonly schema: GraphQLSchema;
  readonly document: DocumentNode;
  readonly operationName?: string | null | undefined;
  /** As the client sent them. */
  readonly variables?: Readonly<Record<string, unknown>> | undefined;
}

/** Runs an operation on loaders that ask nobody, and says what it would have asked; with what would be wrong with it. */
export async function planOperation(
  { schema, document, operationName, variables }: PlannedOperation,
  context: Context,
  planning: Planning,
): Promise<{ plan: UpstreamPlan; errors: readonly GraphQLError[] }> {
  const { errors = [] } = await execute({
    schema,
    document,
    operationName,
    variableValues: variables,
    contextValue: { ...context, ...planning.loaders, planning } satisfies Context,
  });
  return { plan: planning.plan(), errors };
}
