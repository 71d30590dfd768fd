import { library, workers } from 'virtual:graphiql-files';
import { print } from 'graphql';
import { examples } from './examples.js';
import { keepStylesWithinPolicy } from './strictStyles.js';

/** What the library leaves in the global scope; of its options, those that are set here. */
interface GraphiQLLibrary {
  renderYogaGraphiQL(
    root: Element,
    options: {
      endpoint: string;
      title: string;
      additionalHeaders: Record<string, string>;
      shouldPersistHeaders: boolean;
      defaultTabs: readonly { query: string }[];
    },
  ): void;
}

const root = document.querySelector('#explorer');
if (!root) throw new Error('The page has no place for the explorer.');

keepStylesWithinPolicy(document);
Object.assign(globalThis, {
  MonacoEnvironment: { globalAPI: false, getWorkerUrl: (_: string, label: keyof typeof workers) => workers[label] },
});
await import(/* @vite-ignore */ library);
const { YogaGraphiQL } = globalThis as unknown as { YogaGraphiQL: GraphiQLLibrary };
YogaGraphiQL.renderYogaGraphiQL(root, {
  endpoint: '/graphql',
  title: 'Analytics Gateway',
  // What the gateway streams @defer for; the library's own header names no version of the format.
  additionalHeaders: { accept: 'multipart/mixed;deferSpec=20220824, application/json' },
  // A header may hold an access key: it is forgotten with the tab.
  shouldPersistHeaders: false,
  defaultTabs: examples.map((operation) => ({ query: print(operation) })),
});
