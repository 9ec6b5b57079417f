import type { Socket } from "node:net";
import { startRelay } from "./relay.ts";

/** Where a process is stopped: at a statement of its own, or at the commit of the transaction that the statement is part of. */
export interface Stop {
  /** The name that it is prepared by, or what its text matches. */
  readonly statement: string | RegExp;
  /**
   * `before`: PostgreSQL never gets it. `after`: it is done, and not answered. The same of the commit: its transaction is
   * rolled back, or committed with nobody told.
   */
  readonly at: "before" | "after" | "before commit" | "after commit";
  /** The first time it comes, or a later one. Default 1. */
  readonly nth?: number;
}

/** A process that was stopped, and stays so. */
export interface Stopped {
  /** Lets what was held pass; the process goes on as if nothing had been. */
  resume(): void;
  /** Cuts the connection, and the server takes back what is open on it. */
  cut(): void;
}

/** A way to PostgreSQL that understands what passes, so that a process can be stopped between any two of its steps. */
export interface StatementProxy {
  readonly port: number;
  /** Resolves once the process is where it is to be stopped: nothing more of that connection passes. One at a time. */
  stopAt(stop: Stop): Promise<Stopped>;
  /** Every name of a prepared statement that has passed. */
  readonly names: ReadonlySet<string>;
  close(): Promise<void>;
}

interface Armed extends Stop {
  left: number;
  readonly sprung: (stopped: Stopped) => void;
}

/** A proxy to a PostgreSQL on this machine, without TLS, on a free port of its own. */
export async function startStatementProxy(targetPort: number): Promise<StatementProxy> {
  const names = new Set<string>();
  const state: { armed: Armed | undefined } = { armed: undefined };
  const { port, close } = await startRelay(targetPort, (client, upstream) =>
    pass(client, upstream, state, names),
  );
  return {
    port,
    names,
    stopAt: (stop) =>
      new Promise((sprung) => {
        state.armed = { ...stop, left: stop.nth ?? 1, sprung };
      }),
    close,
  };
}

/** Of one connection. */
function pass(
  client: Socket,
  upstream: Socket,
  state: { armed: Armed | undefined },
  names: Set<string>,
): void {
  const texts = new Map<string, string>();
  /** The stop whose statement has run in the transaction that is open here. */
  let within: Armed | undefined;
  /** Stop when the statement that is under way is answered. */
  let whenAnswered: Armed | undefined;
  let held: { readonly of: Socket; readonly frames: Buffer[] } | undefined;
  let unit: Buffer[] = [];

  const stop = (armed: Armed, from: Socket, to: Socket, frames: Buffer[]) => {
    state.armed = undefined;
    within = undefined;
    whenAnswered = undefined;
    held = { of: from, frames };
    armed.sprung({
      resume: () => {
        held = undefined;
        to.write(Buffer.concat(frames));
      },
      cut: () => {
        client.destroy();
        upstream.destroy();
      },
    });
  };

  /** The transaction ends. Whether its end is held. */
  const end = (commits: boolean, frames: Buffer[]): boolean => {
    const of = within === state.armed ? within : undefined;
    within = undefined;
    if (of === undefined) {
      return false;
    }
    if (!commits) {
      of.left = 1; // taken back: the next time counts
    } else if (of.at === "before commit") {
      stop(of, client, upstream, frames);
      return true;
    } else {
      whenAnswered = of;
    }
    return false;
  };

  /** It is the statement that is meant, for the time that is meant. Whether it is held. */
  const meet = (armed: Armed, frames: Buffer[]): boolean => {
    armed.left -= 1;
    if (armed.left > 0) {
      return false;
    }
    if (armed.at === "before") {
      stop(armed, client, upstream, frames);
      return true;
    }
    if (armed.at === "after") {
      whenAnswered = armed;
    } else {
      within = armed;
    }
    return false;
  };

  /** What the client asks, up to where it waits for the answer: a simple query, or a Sync. */
  const ask = (frames: Buffer[]) => {
    const { name, text } = statementOf(frames, texts);
    if (name !== "") {
      names.add(name);
    }
    const [, ending] = /^\s*(COMMIT|ROLLBACK)\b/i.exec(text) ?? [];
    const { armed } = state;
    const isMeant = armed !== undefined && whenAnswered === undefined && matches(armed, name, text);
    const isHeld =
      ending === undefined ? isMeant && meet(armed, frames) : end(ending.toUpperCase() === "COMMIT", frames);
    if (!isHeld) {
      upstream.write(Buffer.concat(frames));
    }
  };

  const fromClient = frameReader(true, (frame, type) => {
    if (held?.of === client) {
      return void held.frames.push(frame);
    }
    if (type === undefined) {
      return void upstream.write(frame); // the startup message
    }
    unit.push(frame);
    if (type === "Q" || type === "S") {
      const frames = unit;
      unit = [];
      ask(frames);
    } else if (type !== "P" && type !== "B" && type !== "D" && type !== "E" && type !== "C") {
      upstream.write(Buffer.concat(unit)); // passwords, the end, copies
      unit = [];
    }
  });
  let answer: Buffer[] = [];
  const fromServer = frameReader(false, (frame, type) => {
    if (held?.of === upstream) {
      return void held.frames.push(frame);
    }
    if (whenAnswered === undefined) {
      return void client.write(frame);
    }
    answer.push(frame);
    if (type === "Z") {
      const frames = answer;
      answer = [];
      stop(whenAnswered, upstream, client, frames);
    }
  });
  client.on("data", fromClient);
  upstream.on("data", fromServer);
}

function matches({ statement }: Stop, name: string, text: string): boolean {
  return typeof statement === "string" ? statement === name : statement.test(text);
}

/** The last statement of what is asked: by Query, or by Parse and Bind (PostgreSQL, "Message Formats"). */
function statementOf(frames: readonly Buffer[], texts: Map<string, string>): { name: string; text: string } {
  let found = { name: "", text: "" };
  for (const frame of frames) {
    const strings = frame.toString("utf8", 5).split("\0", 2);
    const [first = "", second = ""] = strings;
    switch (String.fromCharCode(frame[0] ?? 0)) {
      case "Q":
        found = { name: "", text: first };
        break;
      case "P":
        texts.set(first, second);
        break;
      case "B":
        found = { name: second, text: texts.get(second) ?? "" };
        break;
    }
  }
  return found;
}

/** Cuts a stream of bytes into messages. The client's first one has no type. */
function frameReader(
  startsUntyped: boolean,
  take: (frame: Buffer, type: string | undefined) => void,
): (bytes: Buffer) => void {
  let pending: Buffer = Buffer.alloc(0);
  let untyped = startsUntyped;
  return (bytes) => {
    pending = pending.length === 0 ? bytes : Buffer.concat([pending, bytes]);
    for (;;) {
      const header = untyped ? 4 : 5;
      if (pending.length < header) {
        return;
      }
      const length = pending.readInt32BE(header - 4) + header - 4;
      if (pending.length < length) {
        return;
      }
      const frame = pending.subarray(0, length);
      pending = pending.subarray(length);
      const type = untyped ? undefined : String.fromCharCode(frame[0] ?? 0);
      untyped = false;
      take(frame, type);
    }
  };
}
