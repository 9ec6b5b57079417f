/** Bytes of answers that wait for their readers, of all directories together. */
const MAX_UNREAD_BYTES = 64 * 1024 * 1024;

/** An answer that was written, and lies in memory until its reader takes it. */
export interface Unread {
  /** Whose it is. */
  readonly key: string;
  readonly bytes: number;
  /** Ends its connection. */
  end(): void;
}

/** Remembers an answer until the function that it returns is called. */
export type Remember = (answer: Unread) => () => void;

/**
 * A client that repeatedly requests a megabyte and reads nothing fills the memory with answers (CWE-770). Beyond a
 * bound the oldest answer is given up of whoever has most of them: nobody else notices, and nobody waits.
 */
export function createUnread(maxBytes = MAX_UNREAD_BYTES): Remember {
  const byKey = new Map<string, Set<Unread>>();
  let total = 0;

  const forget = (answer: Unread) => {
    const answers = byKey.get(answer.key);
    if (answers?.delete(answer) !== true) {
      return;
    }
    total -= answer.bytes;
    if (answers.size === 0) {
      byKey.delete(answer.key);
    }
  };
  const oldestOfMost = () => {
    let most: ReadonlySet<Unread> = new Set();
    for (const answers of byKey.values()) {
      if (bytesOf(answers) > bytesOf(most)) {
        most = answers;
      }
    }
    return most.values().next().value;
  };
  return (answer) => {
    const answers = byKey.get(answer.key) ?? new Set();
    byKey.set(answer.key, answers.add(answer));
    total += answer.bytes;
    while (total > maxBytes) {
      const oldest = oldestOfMost();
      if (oldest === undefined) {
        break;
      }
      forget(oldest);
      oldest.end();
    }
    return () => forget(answer);
  };
}

function bytesOf(answers: ReadonlySet<Unread>): number {
  let sum = 0;
  for (const { bytes } of answers) {
    sum += bytes;
  }
  return sum;
}
