import { createRandom } from '../../src/demo/random.js';
import type { Script } from './badConnection.js';

/** Everything that can be wrong with an answer, always the same for the same seed. */
export interface Malformer {
  readonly random: () => number;
  upTo(count: number): number;
  oneOf<T>(...choices: readonly T[]): T;
  /** The text with some of its characters gone, doubled or changed. */
  mutate(text: string): string;
  /** Sends a body, broken in one of many ways or as it is. `note` hears the body that arrives, where one may be read. */
  send(body: string, note: (body: string) => void): Script;
}

const head = (length: number | string, extra = '') =>
  `HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: ${length}\r\n${extra}\r\n`;
const chunked = 'HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n';
const junk = ['', '"', '{', '}', ',', '9', '\0', '\\', '\uFEFF', 'é', '\r\n', ' '];
const statuses = [100, 204, 206, 301, 400, 404, 418, 500, 599, 999, -1];
const strangeHeaders = [
  'Content-Encoding: gzip\r\n',
  'Content-Type: text/html\r\n',
  'Transfer-Encoding: chunked\r\n',
  'X: \0\r\n',
  ': \r\n',
];

export function createMalformer(seed: string): Malformer {
  const random = createRandom(seed);
  const upTo = (count: number) => Math.floor(random() * count);
  const oneOf = <T>(...choices: readonly T[]): T => choices[upTo(choices.length)] as T;
  const bytes = (count: number) => Buffer.from(Array.from({ length: count }, () => upTo(256)));

  function mutate(text: string): string {
    let result = text;
    for (let change = upTo(4); change >= 0; change -= 1) {
      const at = upTo(result.length);
      result = result.slice(0, at) + oneOf(...junk) + result.slice(at + upTo(3));
    }
    return result;
  }

  function send(body: string, note: (body: string) => void): Script {
    const size = Buffer.byteLength(body);
    const end = oneOf<Script>([{ fin: true }], [{ rst: true }]);
    switch (upTo(8)) {
      case 0:
        return [{ send: bytes(upTo(200)) }, ...end];
      case 1:
        return [{ send: head(size + 1 + upTo(50)) + body }, ...end];
      case 2: {
        // Cut where the length says so, which may by chance leave a whole answer.
        const length = upTo(size);
        note(Buffer.from(body).subarray(0, length).toString());
        return [{ send: head(length) + body }, ...end];
      }
      case 3:
        note(body);
        return [{ send: mutate(head(size)) + body }, ...end];
      case 4: {
        note(body);
        const length = oneOf(size.toString(16), 'zz', 'ffffffff', '');
        return [{ send: `${chunked}${length}\r\n${body}\r\n0\r\n\r\n` }, ...end];
      }
      case 5:
        return [{ send: `HTTP/1.1 ${oneOf(...statuses)} X\r\nContent-Length: ${size}\r\n\r\n${body}` }, ...end];
      case 6:
        note(body);
        return [{ send: head(size, oneOf(...strangeHeaders)) + body }, ...end];
      default:
        note(body);
        return [{ send: head(size) + body }];
    }
  }

  return { random, upTo, oneOf, mutate, send };
}
