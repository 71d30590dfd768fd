import type { TelemetryEvent } from '../../src/telemetry.js';
import { type GatewayOptions, type RunningGateway, startGateway } from './gateway.js';
import { type Recorder, startRecorder } from './recorder.js';

/** What a call to the Data API asks for. */
export interface AskedCall {
  readonly method: string;
  readonly property: string;
  readonly reports: readonly AskedReport[];
}

export interface AskedReport {
  readonly dimensions?: readonly { readonly name: string }[];
  readonly metrics?: readonly { readonly name: string }[];
  readonly dateRanges: readonly { readonly startDate: string; readonly endDate: string; readonly name?: string }[];
  readonly dimensionFilter?: { readonly filter?: { readonly inListFilter?: { readonly values: readonly string[] } } };
  readonly limit?: string;
  readonly currencyCode?: string;
  readonly returnPropertyQuota?: boolean;
}

export interface RecordedGateway extends RunningGateway {
  /** Stands between the gateway and the Data API; tokens are asked past it. */
  recorder: Recorder;
  /** The calls of the Data API so far, in the order of arrival. */
  asked(): AskedCall[];
  /** How many keys queries have brought so far, whether they were asked for yet or not. */
  wanted(): number;
}

/** The whole gateway, with every call to the Data API on record. */
export async function startRecordedGateway(options: GatewayOptions = {}): Promise<RecordedGateway> {
  const recorder = await startRecorder();
  const gateway = await startGateway({
    ...options,
    configure(file) {
      const { googleAnalytics } = file.sources;
      recorder.forwardTo(String(googleAnalytics?.['rootUrl']));
      Object.assign(googleAnalytics ?? {}, { rootUrl: recorder.url });
      options.configure?.(file);
    },
  });
  return {
    ...gateway,
    recorder,
    wanted: () => gateway.events.reduce((sum, event) => sum + keysIn(event), 0),
    asked: () => recorder.requests.map(({ target, body }) => readCall(target, body)),
    async close() {
      await gateway.close();
      await recorder.close();
    },
  };
}

function keysIn(event: TelemetryEvent): number {
  return event.type === 'keys.asked' && event.source === 'googleAnalytics' ? event.keys : 0;
}

/** What a call of the Data API asks for. */
export function readCall(target: string, body: string): AskedCall {
  const [, property = '', method = ''] = /properties\/(\d+)[:/](\w+)/.exec(target) ?? [];
  const content = body === '' ? {} : JSON.parse(body);
  return { property, method, reports: method === 'batchRunReports' ? content.requests : [content] };
}
