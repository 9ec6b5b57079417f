/** Runs works of one key one after the other, in the order of their asking; those of different keys side by side. */
export type InTurn = <Result>(key: string, work: () => Promise<Result>) => Promise<Result>;

/**
 * Pushes to one group take turns at its row anyway. Where they wait matters: in the database each would hold a
 * connection, and one tenant's import of a large group would leave none for the others.
 */
export function createTurns(): InTurn {
  const last = new Map<string, Promise<unknown>>();
  return (key, work) => {
    const before = last.get(key) ?? Promise.resolve();
    const mine = before.then(work, work);
    last.set(key, mine);
    const leave = () => {
      if (last.get(key) === mine) last.delete(key);
    };
    mine.then(leave, leave);
    return mine;
  };
}
