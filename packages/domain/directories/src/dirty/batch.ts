import type { Sql } from "@sallyport/database";

/** What one batch of an organization's work sees. */
export interface Batch {
  readonly sql: Sql;
  readonly organizationId: string;
  readonly now: Date;
  readonly limit: number;
  /** Directory users behind this id only. */
  readonly after: string;
}

/** Before every id. */
export const START = "00000000-0000-0000-0000-000000000000";
