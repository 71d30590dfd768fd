import type { IncomingMessage, ServerResponse } from 'node:http';
import { systemClock } from '../clock.js';

export interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  /** Gives its place back; a second time does nothing. */
  leave(): void;
}

/** Knows who has begun to send a request and does not go on: a thousand of those would be all that the gateway does. */
export interface Senders {
  follow(exchange: Exchange): void;
  forget(exchange: Exchange): void;
  /** The one that has been sending for longest, which is not followed any more; undefined where nobody takes long. */
  takeSlowest(): Exchange | undefined;
}

/** How long a request may be on its way while others wait for its place (ms); most come in one piece. */
const sendingMs = 250;

export function createSenders(): Senders {
  /** In the order in which they came, with the time. Those that have come, or been answered, are taken out when they are met. */
  const senders = new Map<Exchange, number>();
  return {
    follow: (exchange) => void senders.set(exchange, systemClock.monotonic()),
    forget: (exchange) => void senders.delete(exchange),
    takeSlowest() {
      for (const [exchange, since] of senders) {
        const isSending = !exchange.request.complete && !exchange.response.headersSent;
        if (isSending && systemClock.monotonic() - since < sendingMs) return undefined;
        senders.delete(exchange);
        if (isSending) return exchange;
      }
      return undefined;
    },
  };
}
