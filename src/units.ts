import { z } from 'zod';

const msOf = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;
const durationHelp = 'write a number and a unit: 250ms, 30s, 5m, 2h or 1d';
const durationText = /^(\d{1,12}(?:\.\d{1,6})?)(ms|s|m|h|d)$/;

/** A duration with its unit, e.g. `250ms`, `30s`, `5m`; read as ms. */
export const duration = z
  .string({ error: durationHelp })
  .regex(durationText, { error: durationHelp })
  .transform((text) => {
    const [, amount, unit] = durationText.exec(text) ?? [];
    return Number(amount) * msOf[unit as keyof typeof msOf];
  })
  .refine((ms) => ms > 0, { error: 'must be longer than nothing' });

const ratePeriods = { s: 1_000, m: 60_000, h: 3_600_000 } as const;
const rateText = /^(\d+(?:\.\d+)?)\/(s|m|h)$/;
const rateHelp = 'write a number and a period: 50/s, 100/m or 1000/h';

/** A pace, e.g. `50/s`; read as the least ms between two starts. */
export const rate = z
  .string({ error: rateHelp })
  .regex(rateText, { error: rateHelp })
  .transform((text) => {
    const [, amount, period] = rateText.exec(text) ?? [];
    return ratePeriods[period as keyof typeof ratePeriods] / Number(amount);
  })
  .refine(Number.isFinite, { error: 'must be more than nothing' });

const shareText = /^(\d{1,3}(?:\.\d+)?)%$/;
const shareHelp = 'write a percentage from 0% to 100%';

/** A share, e.g. `10%`; read as 0 to 1. */
export const share = z
  .string({ error: shareHelp })
  .regex(shareText, { error: shareHelp })
  .transform((text) => Number(text.slice(0, -1)) / 100)
  .refine((value) => value <= 1, { error: shareHelp });

/** A whole number, also as text, because a value that comes from a variable is text. */
export function wholeNumber(min: number, max: number) {
  const error = `write a whole number from ${min} to ${max}`;
  return z
    .union([z.number(), z.string().regex(/^\d{1,15}$/, { error })], { error })
    .transform(Number)
    .refine((value) => Number.isInteger(value) && value >= min && value <= max, { error });
}
