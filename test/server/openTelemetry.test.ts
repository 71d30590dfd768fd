import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { startOpenTelemetry } from '../../src/server/openTelemetry.js';
import { createRedactor } from '../../src/server/redactor.js';
import { type Recorder, startRecorder } from '../helpers/recorder.js';
import { findSecrets, secretForms } from '../helpers/secretForms.js';

/** Holds what every encoding changes. */
const canary = 'c4n4ry/+k&y="%5C\\ü-of-the-partner';
/** Looks like a code of ours. */
const shouted = 'C_A_N_A_R_Y_OF_THE_PARTNER';

let collector: Recorder;
beforeAll(async () => {
  collector = await startRecorder();
  collector.answerWith(() => ({ body: '{}' }));
  process.env['OTEL_EXPORTER_OTLP_ENDPOINT'] = collector.url;
  process.env['OTEL_EXPORTER_OTLP_PROTOCOL'] = 'http/json';
});
afterAll(() => collector.close());

test('no text of a span holds a secret, in whatever form: not its name, its attributes, nor why it failed', async () => {
  const forms = [...secretForms(canary).values()].filter((form) => !/^[0-9a-f]+$/.test(form));
  const attributes = Object.fromEntries(forms.map((form, index) => [`of.${index}`, `before ${form} after`]));
  const tracing = await startOpenTelemetry(createRedactor([canary, shouted]).redact);
  const failure = Object.assign(new Error(canary), { code: shouted });
  const failing = tracing.span({ name: `GET ${canary}`, kind: 'client', attributes }, () => Promise.reject(failure));
  await expect(failing).rejects.toBe(failure);
  tracing.request({ name: 'unknown', kind: 'server', attributes }, {}, (span) =>
    span.end({ name: `query ${canary}`, attributes: { later: canary, errors: 1 }, failed: true }),
  );
  await tracing.close();
  const sent = collector.requests.map(({ body }) => body).join('\n');
  expect(findSecrets(new Map([['what was sent', sent]]), { canary, shouted })).toEqual([]);
  expect(sent.match(/before \[secret\] after/g)).toHaveLength(2 * forms.length);
  for (const text of ['"GET [secret]"', '"query [secret]"', '"message":"[secret]"', '"intValue":1'])
    expect(sent).toContain(text);
});
