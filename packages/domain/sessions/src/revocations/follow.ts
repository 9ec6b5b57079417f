import type { Database, Listening } from "@sallyport/database";
import { endsSince, presentSnapshot, type SessionEnd, type Snapshot } from "./log.ts";

/**
 * How old what a follower knows may be. It is notified of each commit that ends a session, within milliseconds; this bound
 * holds also where a notification is lost: then it knows that it does not know.
 */
export const FOLLOWER_BOUND_MS = 2_000;
const LOOK_EVERY_MS = 500;
const RECONNECT_MS = 1_000;

/** What ended; "unknown" when some ends may have been missed. */
export type Heard = readonly SessionEnd[] | "unknown";

/** This process' knowledge of the ends of sessions, whoever ended them. */
export interface RevocationFollower {
  /** Whether it knows of every end that committed more than `FOLLOWER_BOUND_MS` ago, and is connected for the others. */
  isCurrent(): boolean;
  /** Returns what ends the listening. */
  onHeard(listener: (heard: Heard) => void): () => void;
  /** Looks at once, also where nothing was notified. */
  look(): Promise<void>;
  close(): void;
}

export interface FollowerDeps {
  readonly database: Pick<Database, "listen">;
  /** The connection ended, or could not be made; once until it works again. */
  readonly onLost: (error: Error) => void;
  /** Milliseconds of a clock that never goes back. Default: the machine's. */
  readonly ticks?: () => number;
}

/** Follows the log over a connection of its own, and makes it anew when it ends. Begins at once, in the background. */
export function followRevocations(deps: FollowerDeps): RevocationFollower {
  const { database, onLost, ticks = () => performance.now() } = deps;
  const listeners = new Set<(heard: Heard) => void>();
  let connection: Listening | undefined;
  let snapshot: Snapshot | undefined;
  let knownAt = Number.NEGATIVE_INFINITY;
  let looking: Promise<void> | undefined;
  let lookAgain = false;
  let told = false;
  let closed = false;

  const tell = (heard: Heard) => {
    for (const listener of listeners) {
      listener(heard);
    }
  };

  function lost(error: Error): void {
    connection?.close();
    connection = undefined;
    snapshot = undefined;
    knownAt = Number.NEGATIVE_INFINITY;
    if (!closed && !told) {
      told = true;
      onLost(error);
    }
    tell("unknown");
  }

  async function connect(): Promise<void> {
    const opened: Listening = await database.listen("session_revocations", {
      onNotification: () => void look(),
      onEnd: () => {
        if (connection === opened) {
          lost(new Error("The connection that hears of ended sessions was closed"));
        }
      },
    });
    if (closed) {
      opened.close();
      return;
    }
    connection = opened;
  }

  async function read(): Promise<void> {
    if (connection === undefined) {
      await connect();
    }
    const current = connection;
    if (current === undefined) {
      return;
    }
    const startedAt = ticks();
    if (!(await current.listens())) {
      throw new Error(
        "The connection does not listen: is there a transaction-pooling proxy before PostgreSQL?",
      );
    }
    if (snapshot === undefined) {
      const first = await presentSnapshot(current.sql);
      tell("unknown");
      snapshot = first;
    } else {
      const since = await endsSince(current.sql, snapshot);
      snapshot = since.snapshot;
      if (since.ends.length > 0) {
        tell(since.ends);
      }
    }
    if (connection === current) {
      knownAt = startedAt;
      told = false;
    }
  }

  async function readUntilQuiet(): Promise<void> {
    do {
      lookAgain = false;
      try {
        await read();
      } catch (error) {
        lost(error instanceof Error ? error : new Error(String(error)));
      }
    } while (lookAgain && !closed && connection !== undefined);
  }

  // What is notified while a look is under way may have come too late for it.
  function look(): Promise<void> {
    if (closed) {
      return Promise.resolve();
    }
    lookAgain = looking !== undefined;
    looking ??= readUntilQuiet().finally(() => {
      looking = undefined;
    });
    return looking;
  }

  let lastTry = ticks();
  const timer = setInterval(() => {
    if (connection !== undefined || ticks() - lastTry >= RECONNECT_MS) {
      lastTry = ticks();
      void look();
    }
  }, LOOK_EVERY_MS).unref();
  void look();

  return {
    isCurrent: () => connection !== undefined && ticks() - knownAt < FOLLOWER_BOUND_MS,
    onHeard: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    look,
    close: () => {
      closed = true;
      clearInterval(timer);
      lost(new Error("Closed"));
    },
  };
}
