// A part of configSchema.ts: how much one caller may have.
import { z } from 'zod';
import { wholeNumber } from './units.js';

export const limits = z
  .strictObject({
    first: wholeNumber(1, 100_000)
      .prefault(1_000)
      .describe('The most products that one page may hold: more would only wait in the queue'),
    ids: wholeNumber(1, 100_000)
      .prefault(200)
      .describe('The most ids that one argument may hold, so that no variable is a flood'),
    maxPartnerCalls: wholeNumber(0, 1_000_000)
      .prefault(1_000)
      .describe('The most partner calls that one query may wait for; a full page needs no more'),
    maxReports: wholeNumber(0, 10_000)
      .prefault(30)
      .describe(
        'The most Google reports that one query may wait for; a page needs one or two, and 20 more where products have several keys',
      ),
    tokens: wholeNumber(1, 1_000_000)
      .prefault(2_000)
      .describe('Words and signs of a document; the largest that people write have a few hundred'),
    depth: wholeNumber(1, 100).prefault(10).describe('Fields inside each other; the deepest useful question has 7'),
    aliases: wholeNumber(0, 10_000).prefault(50).describe('Aliases of an operation, fragments included'),
    fields: wholeNumber(1, 10_000).prefault(400).describe('Fields of an operation, fragments included'),
    values: wholeNumber(1, 100_000_000)
      .prefault(150_000)
      .describe(
        'Values that one answer may hold, room for 1,000 products with 28 days each: while it is written, all others wait',
      ),
    callsPerMinute: wholeNumber(1, 1_000_000)
      .nullable()
      .default(null)
      .describe('Upstream calls that one key or token may cause in a minute; absent = as many as the sources take'),
  })
  .prefault({});
