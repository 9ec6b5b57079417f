/** Ids of sessions that a transaction of this process is about to end, or "all": it is not known which. */
export type EndingSessions = readonly string[] | "all";

type Listener = (ending: EndingSessions) => void;

const listeners = new Set<Listener>();

/**
 * A cache of sessions in this process learns of an end before the commit, and so before the caller knows that it is
 * done. Other processes learn of it after the commit, from the log (`follow.ts`). Returns a function that unsubscribes.
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
