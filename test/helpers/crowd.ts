import { createRandom } from '../../src/demo/random.js';
import type { Replica, ReplicaAnswer } from './replicas.js';

const query = `query ($id: ID!, $day: Date!) {
  product(id: $id) { partner(range: { start: $day, end: $day }) { orders revenue freshness { state } } }
}`;

export interface Asked {
  /** Ids of the products that are asked for, one client after the other. */
  readonly products: readonly string[];
  readonly day: string;
  readonly clients: number;
  /** Decides which client asks which replica. */
  readonly seed: number;
}

export type CrowdAnswer = ReplicaAnswer<{
  product: { partner: { orders: number; revenue: string; freshness: { state: string } } | null } | null;
}>;

/** Many clients at once, each with one question to one of the replicas. */
export function askAtOnce(
  replicas: readonly Replica[],
  { products, day, clients, seed }: Asked,
): Promise<CrowdAnswer[]> {
  const random = createRandom(`crowd ${seed}`);
  return Promise.all(
    Array.from({ length: clients }, (_, index) => {
      const replica = replicas[Math.floor(random() * replicas.length)] ?? replicas[0];
      if (!replica) throw new Error('There is nobody to ask.');
      return replica.ask<CrowdAnswer['data']>(query, { id: products[index % products.length], day });
    }),
  );
}

/** The one thing that all of them were told, as JSON; the differences, where there are any, make a test fail readably. */
export function differentAnswers(answers: readonly CrowdAnswer[]): string[] {
  return [...new Set(answers.map((answer) => JSON.stringify(answer)))];
}

export function withFigures(answers: readonly CrowdAnswer[]): CrowdAnswer[] {
  return answers.filter(({ data }) => typeof data.product?.partner?.orders === 'number');
}
