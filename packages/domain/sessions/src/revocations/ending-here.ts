/** Ids of sessions that a transaction of this process is about to end, or "all": it is not known which. */
export type EndingSessions = readonly string[] | "all";

type Listener = (ending: EndingSessions) => void;

const listeners = new Set<Listener>();

/**
 * Whoever remembers sessions in this process hears of an end before the commit, and so before anybody is told that it is
 * done. Other processes hear of it with the commit, by the log (`follow.ts`). Returns what ends the listening.
 */
export function onSessionsEndingHere(listener: Listener): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** To be called within the transaction, after the statement that ends them. A transaction that fails has done no harm. */
export function sessionsEndHere(ending: EndingSessions): void {
  for (const listener of listeners) {
    listener(ending);
  }
}
