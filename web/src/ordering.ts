import { pause, pauseBefore } from './backoff.js';
import type { Client } from './client.js';
import type { Notice, Notices } from './notices.js';
import { readOrder } from './place.js';
import type { ShownPage } from './products.js';

export interface OrderingOptions {
  readonly client: Client;
  readonly notices: Notices;
  /** Whether rows that moved now would move away from under the viewer. */
  isUnderCursor(): boolean;
  /** Shows the list in its order of now. */
  reorder(): void;
}

/**
 * Follows an order, or a filter, that needs figures which have not come: says how far it is, and when it is final puts the
 * rows in order, unless the viewer is at them: then it offers to.
 */
export async function followOrder(page: ShownPage, options: OrderingOptions, signal: AbortSignal): Promise<void> {
  const { client, notices, isUnderCursor, reorder } = options;
  const say = (notice: Notice | null) => notices.set('order', notice);
  let { ranking, total } = page;
  let ids: readonly string[] = page.ids;
  for (let attempt = 0; isUnderWay(ranking); attempt += 1) {
    say(orderNotice(ranking, total, reorder));
    await pause(pauseBefore(attempt), signal);
    const order = await readOrder(client, page, signal);
    if (!order) return;
    ({ ids, ranking, total } = order);
  }
  const isSame = ids.join() === page.ids.join() && total === page.total;
  if (isSame) return say(orderNotice(ranking, total, reorder));
  if (!isUnderCursor()) return reorder();
  say({ text: 'The order is final now, and some rows have other places.', action: { label: 'Show it', run: reorder } });
}

function isUnderWay({ complete, reasons }: ShownPage['ranking']): boolean {
  return !complete && reasons.includes('PENDING');
}

/** How sure the order is, in words; null where it is. */
export function orderNotice(
  ranking: ShownPage['ranking'],
  total: number,
  reorder: () => void = () => {},
): Notice | null {
  if (ranking.complete) return null;
  if (isUnderWay(ranking)) {
    const text = `The order is not final: ${ranking.missing} of ${total} products are still being asked for. They stand last.`;
    return { text, action: { label: 'Order by what is known', run: reorder } };
  }
  const text = `${ranking.missing} of ${total} products stand last, because the figure they are ordered or filtered by could not be read.`;
  return { text, tone: 'warning', action: { label: 'Ask again', run: reorder } };
}
