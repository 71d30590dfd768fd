import { GraphQLError, type ValidationRule } from 'graphql';

/** Operations of a kind that the schema does not have are wrong requests, not failures of their execution. */
export const knownOperationTypes: ValidationRule = (context) => ({
  OperationDefinition(node) {
    if (context.getSchema().getRootType(node.operation)) return;
    const message = `There is no ${node.operation} here: the gateway only answers queries.`;
    context.reportError(new GraphQLError(message, { nodes: node }));
  },
});
