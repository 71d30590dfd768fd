import { pause, pauseBefore } from './backoff.js';
import { type Client, RequestFailed } from './client.js';

/**
 * A client that asks again until the gateway can be reached, as after a restart; `onConnection` tells when it is lost and
 * when it is back. What had come before is told again from the start.
 */
export function keepAsking(client: Client, onConnection: (isThere: boolean) => void): Client {
  return {
    ...client,
    async ask(document, variables, options) {
      for (let attempt = 0; ; attempt += 1) {
        try {
          const answer = await client.ask(document, variables, options);
          onConnection(true);
          return answer;
        } catch (error) {
          if (!isLost(error)) throw error;
          onConnection(false);
          await pause(pauseBefore(attempt), options.signal);
        }
      }
    },
  };
}

function isLost(error: unknown): boolean {
  return error instanceof RequestFailed && error.failure.extensions?.code === 'NO_CONNECTION';
}
