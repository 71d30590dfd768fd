// What every catalog is held to, wherever it is kept.
import { z } from 'zod';

/** What a catalog is checked against beside its own form. */
export interface CatalogRules {
  /** What a whole partner id looks like. */
  readonly partnerIdPattern: string;
  /** Whether the configuration says how a partner key is sent. */
  readonly sendsPartnerKey: boolean;
}

const text = z.string().min(1, { error: 'write at least one character' });
const propertyHelp = 'write the digits of the property id, in quotes';

/** The parts of sites and products. Their errors name the cure and quote nothing. */
export const parts = {
  id: z.string().regex(/^[A-Za-z0-9_-]{1,64}$/, { error: 'write 1 to 64 letters, digits, _ or -' }),
  /** An answer may hold thousands of them. */
  name: text.max(1_000, { error: 'write at most 1,000 characters' }),
  timeZone: z.string().refine(isTimeZone, { error: 'write an IANA time zone such as Europe/Berlin' }),
  currency: z.string().regex(/^[A-Z]{3}$/, { error: 'write an ISO 4217 code such as EUR' }),
  property: z.string({ error: propertyHelp }).regex(/^\d{1,20}$/, { error: propertyHelp }),
  dimension: text,
  /** A value of the dimension. */
  key: text.max(2_048, { error: 'write at most 2,048 characters' }),
  partnerId: text.max(256, { error: 'write at most 256 characters' }),
  partnerApiKey: text,
};

/** Where nothing else is said, Google knows a product by the path of its page. */
export const usualDimension = 'pagePath';

/** Whether a text is a partner id from its first character to its last. */
export function partnerIdTest({ partnerIdPattern }: CatalogRules): (partnerId: string) => boolean {
  const wholeId = new RegExp(`^(?:${partnerIdPattern})$`);
  return (partnerId) => wholeId.test(partnerId);
}

export const reasons = {
  taken: (kind: 'site' | 'product', id: unknown) =>
    `${kind} id ${id} is taken already; ids are unique over the whole catalog.`,
  partnerId: ({ partnerIdPattern }: CatalogRules) =>
    `a partner id looks like ${partnerIdPattern} (sources.partner.idPattern).`,
  /** A key that nobody would send. */
  uselessKey: 'sources.partner.apiKey does not say how a key is sent, so this one is not.',
} as const;

function isTimeZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    return true;
  } catch {
    return false;
  }
}
