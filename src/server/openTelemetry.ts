import type { Attributes, Span } from '@opentelemetry/api';
import type { RequestSpan, SpanDescription, Tracing } from '../tracing.js';
import type { Redact } from './redactor.js';

/**
 * Spans by OpenTelemetry, which reads the OTEL_* variables itself: where to, how many, the name of the service. The library is
 * loaded here and only now, because it takes half a second and 30 MB. Spans only: metrics are Prometheus's matter.
 *
 * Every text of a span goes through `redact` before the library has it: spans leave the house.
 */
export async function startOpenTelemetry(redact: Redact): Promise<Tracing> {
  const [{ NodeSDK }, api] = await Promise.all([import('@opentelemetry/sdk-node'), import('@opentelemetry/api')]);
  const sdk = new NodeSDK({
    serviceName: 'analytics-gateway',
    instrumentations: [],
    metricReaders: [],
    logRecordProcessors: [],
    autoDetectResources: false,
  });
  sdk.start();
  const { context, propagation, trace, SpanKind, SpanStatusCode } = api;
  const tracer = trace.getTracer('analytics-gateway');
  const kinds = { server: SpanKind.SERVER, client: SpanKind.CLIENT, internal: SpanKind.INTERNAL };

  function begin({ name, kind, attributes }: SpanDescription, parent = context.active()): Span {
    return tracer.startSpan(redact(name), { kind: kinds[kind], attributes: clean(attributes, redact) }, parent);
  }

  return {
    async span(description, work) {
      const span = begin(description);
      try {
        return await context.with(trace.setSpan(context.active(), span), work);
      } catch (error) {
        // Only codes that are ours: the message of a foreign error may hold a URL.
        span.setStatus({ code: SpanStatusCode.ERROR, message: redact(codeOf(error)) });
        throw error;
      } finally {
        span.end();
      }
    },
    headers() {
      const headers: Record<string, string> = {};
      propagation.inject(context.active(), headers);
      return headers;
    },
    request(description, headers, work) {
      // What else a client sends along is for us, not for the sources: only the trace goes on to them.
      const parent = propagation.deleteBaggage(propagation.extract(context.active(), headers));
      const span = begin(description, parent);
      const requestSpan: RequestSpan = {
        end({ name, attributes, failed }) {
          span.updateName(redact(name)).setAttributes(clean(attributes, redact));
          if (failed) span.setStatus({ code: SpanStatusCode.ERROR });
          span.end();
        },
      };
      context.with(trace.setSpan(parent, span), () => work(requestSpan));
    },
    close: () => sdk.shutdown().catch(() => {}),
  };
}

function clean(attributes: SpanDescription['attributes'], redact: Redact): Attributes {
  return Object.fromEntries(
    Object.entries(attributes).map(([name, value]) => [name, typeof value === 'string' ? redact(value) : value]),
  );
}

function codeOf(error: unknown): string {
  const code = (error as { code?: unknown } | null)?.code;
  return typeof code === 'string' && /^[A-Z_]+$/.test(code) ? code : 'ERROR';
}
