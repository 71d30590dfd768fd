import * as graphiql from '@graphql-yoga/render-graphiql/graphiql';
import type { Plugin } from 'vite';

const moduleName = 'virtual:graphiql-files';

/**
 * Takes GraphiQL's self-contained page apart: its script, its styles and its three workers become files of their own, named by
 * their hashes, so that nothing of it stands inline. `virtual:graphiql-files` says where they are.
 */
export function graphiqlFiles(): Plugin {
  return {
    name: 'graphiql-files',
    resolveId: (name) => (name === moduleName ? `\0${moduleName}` : null),
    load(id) {
      if (id !== `\0${moduleName}`) return null;
      const emit = (name: string, source: string) =>
        `import.meta.ROLLUP_FILE_URL_${this.emitFile({ type: 'asset', name, source })}`;
      return `
        export const library = ${emit('library.js', graphiql.js)};
        export const styles = ${emit('library.css', graphiql.css)};
        export const workers = {
          editorWorkerService: ${emit('editor-worker.js', graphiql.editorWorkerService)},
          graphql: ${emit('graphql-worker.js', graphiql.graphqlWorker)},
          json: ${emit('json-worker.js', graphiql.jsonWorker)},
        };`;
    },
    transformIndexHtml: {
      order: 'post',
      handler: (_, { bundle = {} }) => {
        const href = (name: string) => {
          const file = Object.values(bundle).find((one) => one.type === 'asset' && one.names.includes(name));
          if (!file) throw new Error(`${name} has not become a file of the explorer.`);
          return `/${file.fileName}`;
        };
        return [
          { tag: 'link', attrs: { rel: 'stylesheet', href: href('library.css') } },
          { tag: 'link', attrs: { rel: 'modulepreload', href: href('library.js') } },
        ];
      },
    },
  };
}
