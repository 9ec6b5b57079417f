import type { Artifact, ArtifactKey, ArtifactStore, SessionUse } from "./artifact-store.ts";

/**
 * Gathers what one request changes, so that it reaches the store in one step, before the answer leaves: a code, the
 * browser's session and the note of who uses it cost one statement instead of three, and stand or fall together.
 */
export class PendingChanges {
  // By key: a statement may not put one row twice, and the last word counts.
  readonly #put = new Map<string, Artifact>();
  readonly #add: Artifact[] = [];
  readonly #remove: ArtifactKey[] = [];
  #use: SessionUse | undefined;

  put(artifact: Artifact): void {
    this.#put.set(`${artifact.kind} ${artifact.id}`, artifact);
  }

  /** Where it is not there yet: several requests at once may have the same to add. */
  add(artifact: Artifact): void {
    this.#add.push(artifact);
  }

  remove(key: ArtifactKey): void {
    this.#remove.push(key);
  }

  /** An application is about to get tokens of a session, and so must be notified of its end. */
  note(use: SessionUse): void {
    this.#use = use;
  }

  async flushTo(store: ArtifactStore): Promise<void> {
    await store.write({
      put: [...this.#put.values()],
      add: this.#add,
      remove: this.#remove,
      use: this.#use,
    });
  }
}

/** The changes of each request in progress, by its Koa context. */
export class ChangesByRequest {
  readonly #pending = new WeakMap<object, PendingChanges>();

  of(ctx: object): PendingChanges {
    let changes = this.#pending.get(ctx);
    if (changes === undefined) {
      changes = new PendingChanges();
      this.#pending.set(ctx, changes);
    }
    return changes;
  }

  /** Of the request that runs now, as oidc-provider knows it. */
  ofCurrent(ctx: object | undefined): PendingChanges {
    if (ctx === undefined) {
      throw new Error("State of the OpenID Provider changes within its requests only");
    }
    return this.of(ctx);
  }
}
