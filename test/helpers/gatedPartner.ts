import type { Script } from './badConnection.js';
import { http, summaryOf } from './badScripts.js';
import { type BadServer, startBadServer } from './badServer.js';

export interface GatedPartner {
  readonly server: BadServer;
  /** As gateway.yaml wants it. */
  readonly url: string;
  /** The partner ids that were asked for, in the order of arrival. */
  asked(): string[];
  /** Lets the answers for these partner ids go, now and from now on. */
  release(...ids: string[]): void;
  releaseAll(): void;
  /** Answers for this id with something else, once it is released. */
  spoil(id: string, script: Script): void;
  close(): Promise<void>;
}

/** A partner that answers honestly, and for each product not before the test says so. */
export async function startGatedPartner(): Promise<GatedPartner> {
  const gates = new Map<string, { open(): void; opened: Promise<void> }>();
  const spoiled = new Map<string, Script>();
  let isOpen = false;

  function gateOf(id: string) {
    const gate = gates.get(id) ?? createGate();
    gates.set(id, gate);
    if (isOpen) gate.open();
    return gate;
  }

  const server = await startBadServer({
    scripts: {
      '*': ({ target }) => {
        const id = productOf(target);
        return [{ until: gateOf(id).opened }, ...(spoiled.get(id) ?? [{ send: http(summaryOf(target)) }])];
      },
    },
  });
  return {
    server,
    url: `${server.url}/summary?product={partnerId}&from={start}&to={end}`,
    asked: () => server.ledger.map(productOf),
    release(...ids) {
      for (const id of ids) gateOf(id).open();
    },
    releaseAll() {
      isOpen = true;
      for (const gate of gates.values()) gate.open();
    },
    spoil: (id, script) => void spoiled.set(id, script),
    close: () => server.close(),
  };
}

function productOf(target: string): string {
  return new URL(target, 'http://partner').searchParams.get('product') ?? '';
}

function createGate() {
  let open = () => {};
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { open, opened };
}
