/** What can be wrong with a trail. */
export type TrailProblemCode =
  | "event_changed"
  | "event_moved"
  | "event_missing"
  | "event_missing_when_sealed"
  | "event_backdated"
  | "event_unnumbered"
  | "event_erased_by_others"
  | "entry_missing"
  | "entry_inserted"
  | "seal_missing"
  | "seal_changed"
  | "seal_out_of_order"
  | "seals_cut_off"
  | "seal_key_unknown"
  | "key_not_ours"
  | "leaves_changed"
  | "head_changed"
  | "anchor_differs"
  | "trail_missing";

/** One thing that is wrong, and where. */
export interface TrailProblem {
  readonly code: TrailProblemCode;
  readonly message: string;
  /** The entry's number in the organization's trail, or the first of several. */
  readonly sequence?: number;
  readonly lastSequence?: number;
  readonly eventId?: string;
  /** The seal's number. */
  readonly seal?: number;
}

/** What a verification of one trail came to. */
export interface TrailReport {
  readonly organizationId: string | null;
  /** No problem was found. */
  readonly intact: boolean;
  /** How many seals there are, and up to which entry they reach. */
  readonly seals: number;
  readonly sealedThrough: number;
  readonly lastSealedAt: string | null;
  /** Entries behind the last seal: nothing vouches for them yet. */
  readonly unsealed: number;
  /** Events that are as they were sealed. */
  readonly verified: number;
  /** Events whose personal content the gateway erased; all else of them is as it was sealed. */
  readonly erased: number;
  /** Events that the gateway removed since they were kept long enough. */
  readonly removed: number;
  /** Events that are older than the numbering of events: nothing vouches for them. */
  readonly beforeTrail: number;
  /** How many roots from outside were compared. */
  readonly anchors: number;
  /** The keys that signed. "unknown": the encryption keys are not at hand, which would tell. */
  readonly keys: readonly { readonly id: string; readonly ours: "yes" | "no" | "unknown" }[];
  /** How many problems there are; the first of them are told. */
  readonly problemCount: number;
  readonly problems: readonly TrailProblem[];
}

/** How many problems are told one by one. */
export const PROBLEMS_TOLD = 100;

/** Gathers what is found along a verification. */
export class Findings {
  readonly #problems: TrailProblem[] = [];
  #count = 0;
  verified = 0;
  erased = 0;
  removed = 0;
  beforeTrail = 0;

  add(problem: TrailProblem): void {
    this.#count += 1;
    if (this.#problems.length < PROBLEMS_TOLD) {
      this.#problems.push(problem);
    }
  }

  summary() {
    return {
      intact: this.#count === 0,
      verified: this.verified,
      erased: this.erased,
      removed: this.removed,
      beforeTrail: this.beforeTrail,
      problemCount: this.#count,
      problems: [...this.#problems],
    };
  }
}
