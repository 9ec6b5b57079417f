import { type AuditSigner, recordRemoval } from "@sallyport/audit-trail";
import type { Sql } from "@sallyport/database";
import { eraseFromRequests } from "@sallyport/directories";
import { type ErasedEvent, eraseFromEvents, type FoundEvent, type TextPatterns } from "@sallyport/events";
import { eraseLoginRecords, eraseTestLogins, type FoundRecord } from "@sallyport/login-records";
import { canonicalAddress, identifiersOf, sharedAmong, sharedNames } from "@sallyport/people";
import { eraseAnswers } from "@sallyport/webhooks";
import type { Subject } from "./subject.ts";
import { patternsOf } from "./traces/patterns.ts";
import { Traces } from "./traces/traces.ts";
import { classify, valueOfIdentifier } from "./traces/values.ts";
import type { TypedTraces } from "./typed-texts.ts";

type InTransaction = <Result>(work: (sql: Sql) => Promise<Result>) => Promise<Result>;

interface Cursor {
  readonly createdAt: Date;
  readonly id: string;
}

const FIRST_ID = "00000000-0000-0000-0000-000000000000";

/** The search for a person through the logs of their organization, which learns as it goes by what else they were known. */
export class Search {
  readonly #pageSize: number;
  #subject: Subject;
  readonly #ids: Set<string>;
  readonly #values: Set<string>;
  /** Found since the last `learn`. */
  readonly #found = { ids: new Set<string>(), values: new Set<string>() };
  #traces: Traces;
  #typed: Traces;
  #patterns: TextPatterns = { lower: [], exact: [] };
  readonly #counts = { loginRecords: 0, scimRequests: 0, auditEvents: 0 };

  readonly #signer: AuditSigner;
  #unnumbered = false;

  /** @param options.signer signs for the audit trail what is taken out of it */
  constructor(
    subject: Subject,
    { pageSize, signer }: { readonly pageSize: number; readonly signer: AuditSigner },
  ) {
    this.#signer = signer;
    this.#subject = subject;
    this.#pageSize = pageSize;
    this.#ids = new Set(subject.ids);
    this.#values = new Set(subject.values);
    this.#traces = this.#typed = this.#tracesOf([]);
  }

  /** By which rows are found that may name the person; `isAbout` says whether they do. */
  get patterns(): TextPatterns {
    return this.#patterns;
  }

  isAbout(text: string): boolean {
    return this.#traces.isAbout(text);
  }

  /** For what administrators typed: there full names count as well. */
  get typedTraces(): TypedTraces {
    return this.#typed;
  }

  /** All that the person had, canonical. */
  get addresses(): readonly string[] {
    return [...this.#values].flatMap((value) => canonicalAddress(value) ?? []);
  }

  get counts() {
    return { ...this.#counts };
  }

  /** Some events have no place in the trail yet, and so were left as they are. */
  get isTooEarly(): boolean {
    return this.#unnumbered;
  }

  /** Something new was found by which the person may stand elsewhere: it is to be gone through again. */
  get hasLearned(): boolean {
    const { ids, values } = this.#found;
    return [...ids].some((id) => !this.#ids.has(id)) || [...values].some((value) => !this.#values.has(value));
  }

  /**
   * Takes in what was found, and `again`, the person as they are by now. What somebody else is called, too, is nothing to find
   * them by: then only what has one of their ids is theirs.
   */
  async learn(sql: Sql, again: Subject = this.#subject): Promise<void> {
    this.#subject = again;
    this.#unnumbered = false;
    for (const id of [...again.ids, ...this.#found.ids]) {
      this.#ids.add(id);
    }
    for (const value of [...again.values, ...this.#found.values]) {
      this.#values.add(value);
    }
    const shared = await this.#shared(sql);
    const own = [...this.#values].filter((value) => !formsOf(value).some((form) => shared.has(form)));
    const names = again.names.map((name) => name.toLowerCase());
    const sharedName = await sharedNames(sql, again.organization.id, again.userId, names);
    this.#traces = this.#tracesOf(own);
    this.#typed = this.#tracesOf([
      ...own,
      ...again.names.filter((name) => !sharedName.has(name.toLowerCase())),
    ]);
    this.#patterns = patternsOf(classify(own), [again.userId, ...this.#textIds()]);
  }

  /** Goes through the logs in pages. `since`: only through what is younger. */
  async *pages(inTransaction: InTransaction, now: () => Date, since = new Date(0)): AsyncGenerator<void> {
    for (const connectionId of this.#subject.organization.connectionIds) {
      yield* this.#walk(since, (after) =>
        inTransaction((sql) => this.#loginRecords(sql, connectionId, after)),
      );
    }
    await inTransaction((sql) =>
      eraseTestLogins(sql, this.#subject.organization.id, (identity) => this.#traces.isAbout(identity)),
    );
    for (const directoryId of this.#subject.directoryIds) {
      yield* this.#walk(since, (after) => inTransaction((sql) => this.#requests(sql, directoryId, after)));
    }
    yield* this.#walk(since, (after) => inTransaction((sql) => this.#events(sql, after, now())));
  }

  async *#walk(since: Date, page: (after: Cursor) => Promise<Cursor | null>): AsyncGenerator<void> {
    let after: Cursor | null = { createdAt: since, id: FIRST_ID };
    while (after !== null) {
      after = await page(after);
      yield;
    }
  }

  async #loginRecords(sql: Sql, connectionId: string, after: Cursor): Promise<Cursor | null> {
    const sessionIds = this.#subject.sessionIds;
    const mine = new Set(sessionIds);
    const isTheirs = ({ sessionId, texts }: FoundRecord) =>
      (sessionId !== null && mine.has(sessionId)) || texts.some((text) => this.#traces.isAbout(text));
    const { deleted, next } = await eraseLoginRecords(
      sql,
      { ...this.#page(after), connectionId, sessionIds },
      isTheirs,
    );
    this.#counts.loginRecords += deleted.length;
    // The events of refused sign-ins have their record for a resource.
    for (const id of deleted) {
      this.#found.ids.add(id);
    }
    return next;
  }

  async #requests(sql: Sql, directoryId: string, after: Cursor): Promise<Cursor | null> {
    const { erased, next } = await eraseFromRequests(sql, { ...this.#page(after), directoryId }, (request) =>
      this.#traces.leftOfRequest(request),
    );
    this.#counts.scimRequests += erased;
    return next;
  }

  async #events(sql: Sql, after: Cursor, now: Date): Promise<Cursor | null> {
    const { isOperators, organization } = this.#subject;
    const seen: string[] = [];
    const { erased, unnumbered, next } = await eraseFromEvents(
      sql,
      {
        organizationId: isOperators ? null : organization.id,
        after,
        limit: this.#pageSize,
        ids: [...this.#ids, ...this.#found.ids],
        patterns: this.#patterns,
      },
      (event) => {
        seen.push(event.id);
        this.#learnFrom(event);
        return this.#traces.leftOfEvent(event);
      },
      now,
    );
    await eraseAnswers(sql, seen);
    this.#counts.auditEvents += erased.length;
    this.#unnumbered ||= unnumbered;
    await this.#sign(sql, erased, now);
    return next;
  }

  async #sign(sql: Sql, erased: readonly ErasedEvent[], at: Date): Promise<void> {
    const places = new Map<string | null, number[]>();
    for (const { organizationId, sequence } of erased) {
      if (sequence !== null) {
        places.set(organizationId, [...(places.get(organizationId) ?? []), sequence]);
      }
    }
    for (const [organizationId, sequences] of places) {
      await recordRemoval(sql, this.#signer, { organizationId, kind: "erasure", sequences, at });
    }
  }

  #learnFrom(event: FoundEvent): void {
    for (const value of this.#traces.valuesIn(event)) {
      this.#found.values.add(valueOfIdentifier(value));
    }
    const linkedTo = event.type === "user.deleted" ? textOf(event.data, "linkedTo") : undefined;
    if (linkedTo !== undefined && this.#ids.has(linkedTo)) {
      this.#found.ids.add(event.resourceId);
    }
    if (event.resourceType === "identity" && this.#ids.has(textOf(event.after, "userId") ?? "")) {
      this.#found.ids.add(event.resourceId);
    }
  }

  #page(after: Cursor) {
    return {
      organizationId: this.#subject.organization.id,
      after,
      limit: this.#pageSize,
      patterns: this.#patterns,
    };
  }

  #tracesOf(values: readonly string[]): Traces {
    return new Traces({
      userId: this.#subject.userId,
      ids: new Set([...this.#ids].map((id) => id.toLowerCase())),
      values: classify(values),
    });
  }

  /** Ids that stand in the texts of others' rows: requests name directory users, events users and memberships. */
  #textIds(): string[] {
    const { sessionIds } = this.#subject;
    const sessions = new Set(sessionIds);
    return [...this.#ids].filter((id) => !sessions.has(id));
  }

  async #shared(sql: Sql): Promise<ReadonlySet<string>> {
    const { organization, userId, directoryUserIds } = this.#subject;
    const values = [...this.#values];
    const addresses = values.flatMap((value) => canonicalAddress(value) ?? []);
    const identifiers = values.flatMap(formsOf);
    return sharedAmong(sql, organization.id, { userId, directoryUserIds }, { addresses, identifiers });
  }
}

/** A value in every form in which somebody else may be known by it. */
function formsOf(value: string): string[] {
  const address = canonicalAddress(value);
  return [
    ...identifiersOf({ userName: value, externalId: value, emails: [value] }),
    ...(address === null ? [] : [address]),
  ];
}

function textOf(value: unknown, key: string): string | undefined {
  const found = typeof value === "object" && value !== null ? Object.entries(value) : [];
  const [, text] = found.find(([name]) => name === key) ?? [];
  return typeof text === "string" ? text : undefined;
}
