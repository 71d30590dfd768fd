import { z } from 'zod';

const msOf = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;
const durationHelp = 'write a number and a unit: 250ms, 30s, 5m, 2h or 1d';
const durationText = /^(\d+(?:\.\d+)?)(ms|s|m|h|d)$/;

/** A duration with its unit, e.g. `250ms`, `30s`, `5m`; read as ms. */
export const duration = z
  .string({ error: durationHelp })
  .regex(durationText, { error: durationHelp })
  .transform((text) => {
    const [, amount, unit] = durationText.exec(text) ?? [];
    return Number(amount) * msOf[unit as keyof typeof msOf];
  })
  .refine((ms) => ms > 0, { error: 'must be longer than nothing' });

/** A whole number, also as text, because a value that comes from a variable is text. */
export function wholeNumber(min: number, max: number) {
  return z
    .union([z.number(), z.string().regex(/^\d+$/)], { error: `write a whole number from ${min} to ${max}` })
    .transform(Number)
    .refine((value) => Number.isInteger(value) && value >= min && value <= max, {
      error: `write a whole number from ${min} to ${max}`,
    });
}
