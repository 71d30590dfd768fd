import { describe, expect, test } from '@jest/globals';
import { compose, type Policy } from '../../src/scheduler/policy.js';
import { createCall } from '../helpers/calls.js';

const { signal } = new AbortController();

describe('composed policies', () => {
  test('see the call in the order written, and its result in the opposite one', async () => {
    const seen: string[] = [];
    const named =
      (name: string): Policy =>
      async (inner, innerSignal) => {
        seen.push(`${name} >`);
        const result = await inner.run(innerSignal);
        seen.push(`< ${name}`);
        return result;
      };
    const result = await compose(
      named('a'),
      named('b'),
      named('c'),
    )(
      createCall(async () => seen.push('call')),
      signal,
    );
    expect(seen).toEqual(['a >', 'b >', 'c >', 'call', '< c', '< b', '< a']);
    expect(result).toBe(4);
  });

  test('run the call as it is when there are none', async () => {
    expect(
      await compose()(
        createCall(async (own) => own),
        signal,
      ),
    ).toBe(signal);
  });

  test('hand on the signal that the one before gave', async () => {
    const other = new AbortController().signal;
    const replace: Policy = (inner) => inner.run(other);
    const same: Policy = (inner, own) => inner.run(own);
    expect(
      await compose(
        same,
        replace,
        same,
      )(
        createCall(async (own) => own),
        signal,
      ),
    ).toBe(other);
  });

  test('run what is inside again, as often as the one outside asks', async () => {
    const calls: string[] = [];
    const twice: Policy = async (inner, own) => {
      await inner.run(own);
      return inner.run(own);
    };
    const count: Policy = async (inner, own) => {
      calls.push('attempt');
      return inner.run(own);
    };
    expect(
      await compose(twice, count)(
        createCall(async () => calls.length),
        signal,
      ),
    ).toBe(2);
  });

  test('know the request that each call is made for', async () => {
    const asked: string[] = [];
    const note: Policy = (inner, own) => {
      asked.push(inner.requestId);
      return inner.run(own);
    };
    await compose(note, note)(
      createCall(async () => null, 'mine'),
      signal,
    );
    expect(asked).toEqual(['mine', 'mine']);
  });

  test('pass failures on', async () => {
    const failure = new Error('no');
    const same: Policy = (inner, own) => inner.run(own);
    await expect(
      compose(same, same)(
        createCall(() => Promise.reject(failure)),
        signal,
      ),
    ).rejects.toBe(failure);
  });
});
