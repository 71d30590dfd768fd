import type { ApolloServerOptions, ApolloServerPlugin, BaseContext } from '@apollo/server';
import { type DocumentNode, type GraphQLFormattedError, Kind } from 'graphql';
import { LRUCache } from 'lru-cache';

export interface DocumentStore<C extends BaseContext> {
  /** Documents that were parsed and found valid, by their hash. */
  readonly documents: NonNullable<ApolloServerOptions<C>['documentStore']>;
  /** Answers the others, before any other plugin does. */
  readonly plugin: ApolloServerPlugin<C>;
}

/** In characters of their texts; as a tree a document takes some 50 times as much. */
const maxGoodCharacters = 1_000_000;
const maxBad = 1_000;

/** Says to Apollo that there is nothing to parse, and nothing to execute. */
const nothing: DocumentNode = { kind: Kind.DOCUMENT, definitions: [] };
/** What their errors depend on is the text alone. */
const badCodes: ReadonlySet<unknown> = new Set(['GRAPHQL_PARSE_FAILED', 'GRAPHQL_VALIDATION_FAILED']);

interface Refusal {
  readonly errors: readonly GraphQLFormattedError[];
  readonly status: number | undefined;
}

/**
 * Parses and validates each document once. Good ones and bad ones are kept apart, so that a client whose documents are all
 * wrong, and different, drives out nobody's.
 */
export function createDocumentStore<C extends BaseContext>(): DocumentStore<C> {
  const good = new LRUCache<string, DocumentNode>({
    maxSize: maxGoodCharacters,
    sizeCalculation: ({ loc }) => Math.max(1, loc?.source.body.length ?? 0),
  });
  const bad = new LRUCache<string, Refusal>({ max: maxBad });

  return {
    documents: {
      // The key is the hash of the text, behind something that is the same for all.
      get: async (key) => good.get(key) ?? (bad.has(hashIn(key)) ? nothing : undefined),
      set: async (key, document) => void good.set(key, document),
      delete: async (key) => good.delete(key),
    },
    plugin: {
      async requestDidStart() {
        return {
          async responseForOperation({ document, queryHash, response: { http } }) {
            const refusal = document === nothing && queryHash ? bad.get(queryHash) : undefined;
            if (!refusal) return null;
            if (refusal.status !== undefined) http.status = refusal.status;
            return { http, body: { kind: 'single', singleResult: { errors: refusal.errors } } };
          },
          async willSendResponse({ document, queryHash, response: { http, body } }) {
            if (!queryHash || document === nothing || body.kind !== 'single') return;
            const { errors = [] } = body.singleResult;
            if (errors.length === 0 || !errors.every(({ extensions }) => badCodes.has(extensions?.['code']))) return;
            bad.set(queryHash, { errors, status: http.status });
          },
        };
      },
    },
  };
}

const hashIn = (key: string) => key.slice(-64);
