/** How current a source's figures are; answers the schema's type of this name. */
export interface Freshness {
  readonly state: 'FRESH';
  /** When the source answered. */
  readonly asOf: Date;
}
