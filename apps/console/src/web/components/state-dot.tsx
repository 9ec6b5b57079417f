import type { ReactNode } from "react";

export type StateKind = "good" | "warning" | "bad" | "neutral";

/** A state: a dot in its colour, and the word that says it. */
export function StateDot({ kind, children }: { readonly kind: StateKind; readonly children: ReactNode }) {
  return (
    <span className="state" data-kind={kind}>
      {children}
    </span>
  );
}
