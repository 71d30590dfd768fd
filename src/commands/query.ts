import type { FormattedExecutionResult } from 'graphql';
import { createApp, type Operation } from '../app.js';
import { environmentKey, loadConfig } from '../config.js';
import { secretsOf } from '../configSecrets.js';
import { formatCsv } from '../csv.js';
import { createRedactor } from '../server/redactor.js';
import { createLog } from '../server/telemetryListeners.js';
import { csvRows, flatten, formatTable } from './flatten.js';
import { readOperation } from './readOperation.js';
import type { Print } from './serve.js';

export interface QueryCommandOptions {
  file: string;
  variables: Record<string, unknown>;
  format: 'json' | 'table' | 'csv';
  /** A running gateway, or the configuration of one that is made for this query. */
  at: { url: string } | { config: string };
  print: Print;
  /** For what is not the result. */
  note: Print;
}

/** Runs one operation and prints the answer. Answers whether it was complete: data, and no error. */
export async function query({ file, variables, format, at, print, note }: QueryCommandOptions): Promise<boolean> {
  const operation = { query: readOperation(file), variables };
  const started = performance.now();
  const result = 'url' in at ? await ask(at.url, operation) : await askInProcess(at.config, operation);
  if (process.stderr.isTTY) note(`Answered in ${Math.round(performance.now() - started)} ms.`);
  if (format === 'json') print(JSON.stringify(result, null, 2));
  else if (result.data)
    print(format === 'csv' ? formatCsv(csvRows(flatten(result.data))) : formatTable(flatten(result.data)));
  const errors = result.errors ?? [];
  if (format !== 'json') {
    for (const { message, path, extensions } of errors) {
      note(`${path?.join('.') ?? 'query'}: ${extensions?.['code'] ?? 'ERROR'} ${message}`);
    }
  }
  return errors.length === 0 && result.data != null;
}

async function ask(url: string, operation: Operation, key = environmentKey()): Promise<FormattedExecutionResult> {
  if (!URL.canParse(url) || !/^https?:$/.test(new URL(url).protocol))
    throw new Error(`${url} is no URL; write one such as http://localhost:4000/graphql.`);
  const response = await fetch(url, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      accept: 'application/json',
      ...(key && { authorization: `Bearer ${key}` }),
    },
    body: JSON.stringify(operation),
  }).catch(() => {
    throw new Error(`${url} cannot be reached; is the gateway running?`);
  });
  const text = await response.text();
  try {
    return JSON.parse(text);
  } catch {
    throw new Error(`${url} answered ${response.status}, and not with JSON; is this the gateway's /graphql?`);
  }
}

async function askInProcess(file: string, operation: Operation): Promise<FormattedExecutionResult> {
  const config = loadConfig(file);
  const redactor = createRedactor(secretsOf(config));
  const report = createLog({ level: 'warn', queries: false, redact: redactor.redact });
  const app = await createApp(config, { redactor, report });
  try {
    return await app.execute(operation);
  } finally {
    await app.close();
  }
}
