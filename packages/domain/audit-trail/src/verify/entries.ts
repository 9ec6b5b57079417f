import type { Sql } from "@sallyport/database";
import { gapLeaf, leafOf, type TrailRow } from "../entry.ts";
import type { AuditKey } from "../keys.ts";
import { merkleRoot, splitLeaves } from "../merkle.ts";
import { removedAmong } from "../removals.ts";
import { type Entry, readEntries } from "../seal-trails.ts";
import { type Findings, PROBLEMS_TOLD } from "./report.ts";
import type { StoredSeal } from "./seals.ts";

const HOUR_MS = 3_600_000;

/** An event that is not as it was sealed, at a place of the trail. */
interface Mismatch {
  readonly sequence: number;
  readonly seal: number;
  readonly row: TrailRow;
  readonly leaf: Buffer;
}

/** Holds the entries of seal after seal against what is stored of them now. */
export class EntryCheck {
  readonly #sql: Sql;
  readonly #keys: ReadonlyMap<string, AuditKey>;
  readonly #organizationId: string | null;
  readonly #findings: Findings;
  readonly #mismatches: Mismatch[] = [];

  constructor(
    sql: Sql,
    keys: ReadonlyMap<string, AuditKey>,
    organizationId: string | null,
    findings: Findings,
  ) {
    this.#sql = sql;
    this.#keys = keys;
    this.#organizationId = organizationId;
    this.#findings = findings;
  }

  /** @param since when all that had been numbered was sealed: what was recorded long before that was numbered then, too */
  async hold(seal: StoredSeal, since: Date | null): Promise<void> {
    const { firstSequence, lastSequence } = seal;
    const entries = await readEntries(this.#sql, this.#organizationId, firstSequence, lastSequence);
    const leaves = this.#leavesOf(seal, entries);
    if (leaves === null) {
      return;
    }
    const unequal = leaves.flatMap((leaf, index) => {
      const sequence = firstSequence + index;
      const row = entries.get(sequence)?.row;
      const isEqual = row !== undefined && leafOf(sequence, row).equals(leaf);
      if (isEqual && row.erased_at === null) {
        this.#verified(seal, sequence, row, since);
        return [];
      }
      return [{ sequence, leaf, isErased: isEqual }];
    });
    if (unequal.length > 0) {
      const range = { first: firstSequence, last: lastSequence };
      // Asked for after the entries: what is removed meanwhile has its word by then.
      const removed = await removedAmong(this.#sql, this.#keys, this.#organizationId, range);
      for (const { sequence, leaf, isErased } of unequal) {
        if (isErased) {
          this.#erased(seal, sequence, entries.get(sequence)?.eventId ?? "", removed.erasure);
          continue;
        }
        this.#unequal(seal, { sequence, leaf }, entries.get(sequence), removed.retention);
      }
    }
  }

  /** The leaves that the root stands for. Null: nobody can tell them any more. */
  #leavesOf(seal: StoredSeal, entries: ReadonlyMap<number, Entry>): Buffer[] | null {
    const { number, firstSequence, lastSequence } = seal;
    const count = lastSequence - firstSequence + 1;
    const leaves = splitLeaves(seal.leaves, count);
    if (leaves !== null && merkleRoot(leaves).equals(seal.root)) {
      return leaves;
    }
    const recomputed = Array.from({ length: count }, (_, index) => {
      const entry = entries.get(firstSequence + index);
      const sequence = firstSequence + index;
      return entry?.row === undefined
        ? gapLeaf(sequence, entry?.eventId ?? null)
        : leafOf(sequence, entry.row);
    });
    const intact = merkleRoot(recomputed).equals(seal.root);
    this.#findings.add({
      code: "leaves_changed",
      seal: number,
      sequence: firstSequence,
      lastSequence,
      message: intact
        ? `The list of hashes of seal ${number} was changed; its events are as they were sealed`
        : `The list of hashes of seal ${number} or its root was changed, so that nobody can tell which of the events ${firstSequence} to ${lastSequence} were, too`,
    });
    return intact ? recomputed : null;
  }

  #verified(seal: StoredSeal, sequence: number, row: TrailRow, since: Date | null): void {
    this.#findings.verified += 1;
    if (since !== null && row.created_at.getTime() < since.getTime() - HOUR_MS) {
      this.#findings.add({
        code: "event_backdated",
        sequence,
        seal: seal.number,
        eventId: row.id,
        message: `Event ${row.id} says that it is of ${row.created_at.toISOString()}, but was not there when events up to ${since.toISOString()} were sealed`,
      });
    }
  }

  /** All of it but its content is as it was sealed. */
  #erased({ number }: StoredSeal, sequence: number, eventId: string, byUs: ReadonlySet<number>): void {
    if (byUs.has(sequence)) {
      this.#findings.erased += 1;
      return;
    }
    this.#findings.add({
      code: "event_erased_by_others",
      sequence,
      seal: number,
      eventId,
      message: `The content of event ${eventId} at place ${sequence} is gone, and the gateway did not erase it`,
    });
  }

  #unequal(
    { number }: StoredSeal,
    { sequence, leaf }: { readonly sequence: number; readonly leaf: Buffer },
    entry: Entry | undefined,
    removed: ReadonlySet<number>,
  ): void {
    const where = { sequence, seal: number };
    if (entry?.row !== undefined) {
      const mismatch = { ...where, leaf, row: entry.row };
      if (this.#mismatches.length < PROBLEMS_TOLD) {
        this.#mismatches.push(mismatch);
      } else {
        this.#changed(mismatch);
      }
    } else if (removed.has(sequence)) {
      this.#findings.removed += 1;
    } else if (gapLeaf(sequence, entry?.eventId ?? null).equals(leaf)) {
      this.#findings.add({
        ...where,
        code: "event_missing_when_sealed",
        ...(entry === undefined ? {} : { eventId: entry.eventId }),
        message: `The event of place ${sequence} was gone already when it was to be sealed`,
      });
    } else if (entry === undefined) {
      this.#findings.add({
        ...where,
        code: "entry_missing",
        message: `Place ${sequence} of the trail is empty: the row of "outbox" that named its event is gone`,
      });
    } else {
      this.#findings.add({
        ...where,
        code: "event_missing",
        eventId: entry.eventId,
        message: `Event ${entry.eventId} of place ${sequence} is gone`,
      });
    }
  }

  #changed({ sequence, seal, row }: Mismatch): void {
    this.#findings.add({
      code: "event_changed",
      sequence,
      seal,
      eventId: row.id,
      message: `Event ${row.id} at place ${sequence} is not what was sealed there: it was changed, or another one is in its place`,
    });
  }

  /** At the end: an event that was sealed at a place where it no longer is has been moved, and not changed. */
  finish(): void {
    for (const mismatch of this.#mismatches) {
      const { sequence, seal, row } = mismatch;
      const home = this.#mismatches.find(
        (other) => other.sequence !== sequence && leafOf(other.sequence, row).equals(other.leaf),
      );
      if (home === undefined) {
        this.#changed(mismatch);
      } else {
        this.#findings.add({
          code: "event_moved",
          sequence,
          seal,
          eventId: row.id,
          message: `Event ${row.id} is at place ${sequence}, but was sealed at place ${home.sequence}: the order was changed`,
        });
      }
    }
  }
}
