import { pipeline } from 'node:stream';
import type { FastifyInstance, FastifyReply, RouteShorthandOptions } from 'fastify';
import type { GraphQLSchema } from 'graphql';
import type { Clock } from '../clock.js';
import { createCsvFile } from '../csv.js';
import { Disconnected, GatewayError } from '../errors.js';
import type { Planning } from '../plan.js';
import type { Context } from '../schema/context.js';
import { exportProducts, type ProductExport, planExport } from '../schema/exportProducts.js';
import { type ExportRequest, readExportRequest } from '../schema/exportRequest.js';
import type { Report } from '../telemetry.js';
import { isOfForeignPage } from './foreignPages.js';
import { excessOf, type PriceWords, priceOf } from './priceGate.js';
import type { OpenRequest } from './requestOpener.js';

export interface ExportOptions {
  schema: GraphQLSchema;
  createPlanning(): Planning;
  /** What a request goes through before it begins: who may not ask is answered there, and the others have their turns. */
  hooks: Pick<RouteShorthandOptions, 'onRequest' | 'preHandler'>;
  openRequest: OpenRequest;
  clock: Clock;
  report: Report;
}

const exportWords: PriceWords = {
  subject: 'export',
  fewerCalls: () => 'Choose fewer products by search or filter, or columns without the partner.',
  fewerReports: 'Choose fewer columns, or fewer days in the filter.',
};

/**
 * All products of a list as a file, row by row as the sources answer: an operation of its own beside GraphQL, because no
 * answer of GraphQL can be read before it is whole.
 */
export function addExports(server: FastifyInstance, options: ExportOptions): void {
  const { schema, createPlanning, hooks, openRequest, clock, report } = options;

  async function open(request: ExportRequest, context: Context): Promise<ProductExport> {
    const price = priceOf(await planExport(request, context, createPlanning()));
    const excess = excessOf(price, context, exportWords);
    if (excess) throw new GatewayError('QUERY_TOO_EXPENSIVE', excess);
    return exportProducts(request, context);
  }

  /** The head of the answer is long gone when a row fails: the client sees a file that breaks off, and the log knows why. */
  async function* watch<T>(rows: AsyncIterable<T>, requestId: string): AsyncGenerator<T> {
    try {
      yield* rows;
    } catch (error) {
      if (!(error instanceof Disconnected)) report({ type: 'request.failed', requestId, error });
      throw error;
    }
  }

  function send(
    reply: FastifyReply,
    request: ExportRequest,
    { range, rows, problems }: ProductExport,
    context: Context,
  ) {
    const startedAt = clock.monotonic();
    const { requestId, viewer } = context;
    const finish = () => {
      const { cells, codes } = problems();
      report({
        type: 'request.finished',
        requestId,
        viewer,
        operation: 'products.csv',
        operationType: 'export',
        query: undefined,
        ms: clock.monotonic() - startedAt,
        errors: cells,
        codes: [...codes],
      });
    };
    const file = pipeline(watch(rows, requestId), createCsvFile(), (error) => {
      if (!error) finish();
    });
    return reply
      .type('text/csv; charset=utf-8')
      .header('content-disposition', `attachment; filename="${fileName(request, range)}"`)
      .header('cache-control', 'no-store')
      .send(file);
  }

  const route = {
    ...hooks,
    // What costs something is not done for a client that only wants to know whether it is there.
    exposeHeadRoute: false,
    // Packing would hold a row back until there are enough of them to pack well.
    compress: false,
  } as const;
  server.get('/export/products.csv', route, async (request, reply) => {
    if (isOfForeignPage(request)) return refuse(reply, 403, foreign);
    const context = openRequest(request, reply);
    try {
      const wanted = readExportRequest(request.query as Record<string, unknown>, schema, context);
      if (!wanted) return refuse(reply, 404, new GatewayError('BAD_USER_INPUT', 'site: there is no such site.'));
      return send(reply, wanted, await open(wanted, context), context);
    } catch (error) {
      if (error instanceof GatewayError) return refuse(reply, 400, error);
      // Nobody is there to answer.
      if (error instanceof Disconnected) return reply.hijack();
      throw error;
    }
  });
}

const foreign = new GatewayError('FORBIDDEN', 'A page of another site may not start an export.');

/** In the form that GraphQL clients read. */
function refuse(reply: FastifyReply, status: number, { message, extensions }: GatewayError) {
  return reply.code(status).send({ errors: [{ message, extensions }] });
}

/** Of letters, digits, - and _ only, whatever the site's id is made of. */
function fileName({ site }: ExportRequest, range: ProductExport['range']): string {
  const days = range ? `-${range.start}-to-${range.end}` : '';
  return `${site.id.replace(/[^\w-]/g, '_')}-products${days}.csv`;
}
