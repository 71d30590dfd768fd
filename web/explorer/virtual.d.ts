declare module 'virtual:graphiql-files' {
  /** Where each file is, by URL. */
  export const library: string;
  export const styles: string;
  export const workers: Readonly<Record<'editorWorkerService' | 'graphql' | 'json', string>>;
}
