import type { Sql } from "@sallyport/database";
import type { AuditKey } from "../keys.ts";
import { keyOf } from "../organization.ts";
import { hashOfSeal, type Seal, signedOfSeal } from "../seal.ts";
import { type SealRow, sealOf } from "../seal-row.ts";
import type { Findings } from "./report.ts";

export interface StoredSeal extends Seal {
  readonly leaves: Buffer;
}

interface Row extends SealRow {
  readonly leaves: Buffer;
}

const COLUMNS =
  "organization_id, number, first_sequence, last_sequence, root, previous, sealed_at, key_id, signature, leaves";

const storedSealOf = (row: Row): StoredSeal => ({ ...sealOf(row), leaves: row.leaves });

/** The next seal behind a number; undefined at the end. */
export async function nextSeal(
  sql: Sql,
  organizationId: string | null,
  after: number,
): Promise<StoredSeal | undefined> {
  const { rows } = await sql.query<Row>(
    `SELECT ${COLUMNS} FROM audit_seals WHERE organization_id = $1 AND number > $2 ORDER BY number LIMIT 1`,
    [keyOf(organizationId), after],
    "audit_seal_next",
  );
  return rows[0] === undefined ? undefined : storedSealOf(rows[0]);
}

/** The seal that an entry is in. */
export async function sealAround(
  sql: Sql,
  organizationId: string | null,
  sequence: number,
): Promise<StoredSeal | undefined> {
  const { rows } = await sql.query<Row>(
    `SELECT ${COLUMNS} FROM audit_seals WHERE organization_id = $1 AND last_sequence >= $2 ORDER BY last_sequence LIMIT 1`,
    [keyOf(organizationId), sequence],
  );
  const found = rows[0] === undefined ? undefined : storedSealOf(rows[0]);
  return found !== undefined && found.firstSequence <= sequence ? found : undefined;
}

/** A root as it stands outside. */
export interface KnownSeal {
  readonly organizationId: string | null;
  readonly number: number;
  /** In hex. */
  readonly hash: string;
}

/** Holds seal after seal against the one before it, the keys, and what is known of them outside. */
export class SealCheck {
  readonly #keys: ReadonlyMap<string, AuditKey>;
  readonly #anchors: ReadonlyMap<number, string>;
  readonly #findings: Findings;
  readonly usedKeys = new Set<string>();
  #last: { readonly seal: StoredSeal; readonly hash: Buffer } | undefined;

  constructor(keys: ReadonlyMap<string, AuditKey>, anchors: ReadonlyMap<number, string>, findings: Findings) {
    this.#keys = keys;
    this.#anchors = anchors;
    this.#findings = findings;
  }

  get last(): StoredSeal | undefined {
    return this.#last?.seal;
  }

  check(seal: StoredSeal): void {
    this.#inOrder(seal);
    this.#signed(seal);
    const hash = hashOfSeal(seal);
    const known = this.#anchors.get(seal.number);
    if (known !== undefined && known !== hash.toString("hex")) {
      this.#findings.add({
        code: "anchor_differs",
        seal: seal.number,
        sequence: seal.firstSequence,
        lastSequence: seal.lastSequence,
        message: `Seal ${seal.number} is not the one that was anchored outside: it was replaced`,
      });
    }
    this.#last = { seal, hash };
  }

  #inOrder(seal: StoredSeal): void {
    const { number } = seal;
    const last = this.#last;
    const expected = (last?.seal.number ?? 0) + 1;
    if (number !== expected) {
      this.#findings.add({
        code: "seal_missing",
        seal: expected,
        sequence: (last?.seal.lastSequence ?? 0) + 1,
        lastSequence: seal.firstSequence - 1,
        message: `Seals ${expected} to ${number - 1} are gone`,
      });
      return;
    }
    const follows =
      seal.firstSequence === (last?.seal.lastSequence ?? 0) + 1 &&
      seal.lastSequence >= seal.firstSequence &&
      (last === undefined ? seal.previous === null : seal.previous?.equals(last.hash) === true);
    if (!follows) {
      this.#findings.add({
        code: "seal_out_of_order",
        seal: number,
        sequence: seal.firstSequence,
        message: `Seal ${number} does not follow seal ${number - 1} as it is now: one of them was changed or replaced`,
      });
    }
  }

  #signed(seal: StoredSeal): void {
    const key = this.#keys.get(seal.keyId);
    const where = { seal: seal.number, sequence: seal.firstSequence, lastSequence: seal.lastSequence };
    if (key === undefined) {
      this.#findings.add({
        ...where,
        code: "seal_key_unknown",
        message: `Seal ${seal.number} names the key ${seal.keyId}, which nobody knows`,
      });
      return;
    }
    this.usedKeys.add(key.id);
    if (!key.verify(signedOfSeal(seal), seal.signature)) {
      this.#findings.add({
        ...where,
        code: "seal_changed",
        message: `Seal ${seal.number} was changed: its signature does not hold`,
      });
    }
  }

  /** At the end: what stands in `audit_trails`, and outside, must not reach beyond the last seal. */
  finish(head: { readonly number: number; readonly hash: Buffer } | undefined): void {
    const last = this.#last;
    const reached = last?.seal.number ?? 0;
    const known = Math.max(head?.number ?? 0, ...this.#anchors.keys());
    if (known > reached) {
      this.#findings.add({
        code: "seals_cut_off",
        seal: reached + 1,
        sequence: (last?.seal.lastSequence ?? 0) + 1,
        message: `There were seals up to ${known}; those behind seal ${reached} were cut off`,
      });
    } else if (last !== undefined && (head?.number !== reached || !head.hash.equals(last.hash))) {
      this.#findings.add({
        code: "head_changed",
        seal: reached,
        message: `The row of "audit_trails" does not name seal ${reached}, the last one: one of them was changed`,
      });
    }
  }
}
