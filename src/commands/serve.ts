// A room of its own: what the commands of cli.ts do, one file each. It imports what cli.ts may import, and nothing imports
// it but cli.ts. Commands write their result with `print` and never end the process themselves.
import { type App, createApp } from '../app.js';
import { type Config, loadConfig } from '../config.js';
import { secretsOf } from '../configSecrets.js';
import { createRedactor } from '../server/redactor.js';
import { createLog } from '../server/telemetryListeners.js';

/** Prints one line of a command's result. */
export type Print = (line: string) => void;

/** The gateway on the sources of a configuration file. */
export async function serve({
  file,
  port,
  print,
}: {
  file: string;
  port: number | undefined;
  print: Print;
}): Promise<App> {
  const config = withPort(loadConfig(file), port);
  const redactor = createRedactor(secretsOf(config));
  const { redact } = redactor;
  const app = await createApp(config, { redactor, report: createLog({ ...config.log, redact }) });
  print(`Analytics Gateway listens on ${await app.listen()}graphql`);
  return app;
}

/** A flag wins over the environment and the file. */
function withPort(config: Config, port: number | undefined): Config {
  return port === undefined ? config : { ...config, server: { ...config.server, port } };
}
