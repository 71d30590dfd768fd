// A room of its own: what the commands of cli.ts do, one file each. It imports what cli.ts may import, and nothing imports
// it but cli.ts. Commands write their result with `print` and never end the process themselves.
import { createApp } from '../app.js';
import { type Config, loadConfig } from '../config.js';
import { secretsOf } from '../configSecrets.js';
import { createRedactor } from '../server/redactor.js';
import { createLog } from '../server/telemetryListeners.js';
import type { Running } from './supervise.js';

/** Prints one line of a command's result. */
export type Print = (line: string) => void;

export interface ServeOptions {
  file: string;
  port: number | undefined;
  print: Print;
  /** Called before the first request can come, so that none is lost to a signal. */
  supervise: (running: Running) => void;
}

/** The gateway on the sources of a configuration file. */
export async function serve({ file, port, print, supervise }: ServeOptions): Promise<void> {
  const config = withPort(loadConfig(file), port);
  const redactor = createRedactor(secretsOf(config));
  const { redact } = redactor;
  const app = await createApp(config, { redactor, report: createLog({ ...config.log, redact }) });
  supervise(app);
  print(`Analytics Gateway listens on ${await app.listen()}graphql`);
}

/** A flag wins over the environment and the file. */
function withPort(config: Config, port: number | undefined): Config {
  return port === undefined ? config : { ...config, server: { ...config.server, port } };
}
