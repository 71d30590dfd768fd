import { gzipSync } from 'node:zlib';
import type { Payload, Script, Step } from './badConnection.js';
import type { BadServerOptions } from './badServer.js';

export interface BadScript {
  /** Its row in the fault matrix; several ways to break the same thing share one. */
  readonly row: number;
  readonly name: string;
  readonly server: BadServerOptions;
}

/** A whole, honest answer. */
export function http(body: string | Uint8Array, type = 'application/json', headers = ''): Uint8Array {
  const head = `HTTP/1.1 200 OK\r\nContent-Type: ${type}\r\nContent-Length: ${Buffer.byteLength(body)}\r\n${headers}\r\n`;
  return Buffer.concat([Buffer.from(head), Buffer.from(body)]);
}

/** What the partner would say about the product of the target's query. */
export function summaryOf(target: string): string {
  const product = new URL(target, 'http://partner').searchParams.get('product');
  return JSON.stringify({
    product,
    impressions: 12_345,
    clicks: 678,
    orders: 9,
    revenue: '1234.50',
    currency: 'EUR',
    updatedAt: '2026-01-15T00:00:00Z',
  });
}

/** An answer with another status; the connection stays. */
export function failing(status: number, headers = '', body = '{}'): Script {
  const length = `Content-Length: ${Buffer.byteLength(body)}\r\n`;
  return [{ send: `HTTP/1.1 ${status} Failing\r\nContent-Type: application/json\r\n${length}${headers}\r\n${body}` }];
}

export const honest: Step = { send: (target) => http(summaryOf(target)) };

const status = 'HTTP/1.1 200 OK\r\n';
const json = 'Content-Type: application/json\r\n';
const chunked = `${status}${json}Transfer-Encoding: chunked\r\n\r\n`;
/** An honest head, and the first bytes of the body that it promises. */
const begun: Step = { send: `${status}${json}Content-Length: 200\r\n\r\n{"pro` };
const endlessChunks: Step = { repeat: [{ send: `10000\r\n${'x'.repeat(0x1_0000)}\r\n` }] };

function fault(row: number, name: string, script: Script, server: BadServerOptions = {}): BadScript {
  return { row, name, server: { ...server, scripts: { '*': script } } };
}

/** Made when first sent, and once: a hundred megabytes are not for the import. */
function once(make: () => Uint8Array): Payload {
  let made: Uint8Array | undefined;
  return () => {
    made ??= make();
    return made;
  };
}

const zeros = 100 * 1024 * 1024;
const gzip = 'Content-Encoding: gzip\r\n';
const tenCodings = `Content-Encoding: ${Array(10).fill('gzip').join(', ')}\r\n`;

function zipTenTimes(text: string): Uint8Array {
  return Array.from({ length: 10 }).reduce<Uint8Array>((bytes) => gzipSync(bytes), Buffer.from(text));
}

/**
 * The transport faults of the matrix, rows 1 to 17, ready for startBadServer.
 *
 * Two of them need the client as well: in row 15 its lookup changes the address, and in row 16 the self-signed certificate is
 * for a client that does not trust it, while nobody accepts the expired one.
 */
export const badScripts: readonly BadScript[] = [
  fault(1, 'hangs before the head', [{ halfOpen: true }]),
  fault(2, 'hangs after the head', [{ send: `${status}${json}Content-Length: 200\r\n\r\n` }, { halfOpen: true }]),
  fault(2, 'hangs in the body', [begun, { halfOpen: true }]),
  fault(3, 'drips a byte every 100 ms', [begun, { repeat: [{ sleep: 100 }, { send: ' ' }], times: 195 }]),
  fault(4, 'sends early hints for ever', [{ repeat: [{ send: 'HTTP/1.1 103 Early Hints\r\n\r\n' }, { sleep: 50 }] }]),
  { row: 5, name: 'never speaks after the connect', server: { onConnect: [{ halfOpen: true }] } },
  {
    row: 5,
    name: 'never answers the TLS handshake',
    server: { onConnect: [{ halfOpen: true }], certificate: 'self-signed' },
  },
  { row: 6, name: 'refuses the connection', server: { refuses: true } },
  fault(7, 'resets in the body', [begun, { sleep: 20 }, { rst: true }]),
  fault(7, 'resets in the body, TLS', [begun, { sleep: 20 }, { rst: true }], { certificate: 'self-signed' }),
  fault(8, 'ends before its content length', [begun, { fin: true }]),
  fault(8, 'ends inside a chunk', [{ send: `${chunked}20\r\n{"product":` }, { fin: true }]),
  fault(9, 'cuts a text without a length', [{ send: `${status}Content-Type: text/plain\r\n\r\n123` }, { fin: true }]),
  fault(
    9,
    'cuts a text without a length, TLS',
    [{ send: `${status}Content-Type: text/plain\r\n\r\n123` }, { fin: 'abrupt' }],
    {
      certificate: 'self-signed',
    },
  ),
  fault(10, 'answers twice', [honest, { send: http(summaryOf('?product=OTHER')) }]),
  fault(11, 'closes an idle connection in silence', [honest, { sleep: 300 }, { fin: true }]),
  fault(12, 'gives two lengths', [
    { send: `${status}${json}Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n{}` },
  ]),
  fault(12, 'speaks no HTTP', [{ send: Buffer.from('SSH-2.0-\u0000\u0007garbage\r\n\r\n', 'latin1') }]),
  fault(12, 'sends a head of 70 kB', [{ send: http('{}', 'application/json', `X-Filler: ${'x'.repeat(70_000)}\r\n`) }]),
  fault(13, 'sends 50 MB', [{ send: once(() => http(Buffer.alloc(50_000_000, '9'), 'text/plain')) }]),
  fault(13, 'sends chunks for ever', [{ send: chunked }, endlessChunks]),
  fault(14, 'sends a gzip bomb', [{ send: once(() => http(gzipSync(Buffer.alloc(zeros)), 'text/plain', gzip)) }]),
  fault(14, 'codes ten times', [{ send: once(() => http(zipTenTimes('12345'), 'text/plain', tenCodings)) }]),
  fault(15, 'moves to another address', [honest], { host: '0.0.0.0' }),
  fault(16, 'has a certificate that nobody vouches for', [honest], { certificate: 'self-signed' }),
  fault(16, 'has an expired certificate', [honest], { certificate: 'expired' }),
  fault(17, 'redirects to a login', [
    { send: 'HTTP/1.1 302 Found\r\nLocation: https://login.example/\r\nContent-Length: 0\r\n\r\n' },
  ]),
];
