import type { Sql } from "@sallyport/database";

/** What one batch of an organization's work sees. */
export interface Batch {
  readonly sql: Sql;
  readonly organizationId: string;
  readonly now: Date;
  readonly limit: number;
}
