import { useState } from "react";
import { ApiProblem } from "../api/client.ts";

/** A form over stored values: what was changed of them, and nothing else, is there to be saved. */
export interface Draft<Values extends object> {
  readonly values: Values;
  /** The fields whose value is not the stored one. */
  readonly changes: Partial<Values>;
  readonly changed: boolean;
  set<Name extends keyof Values>(name: Name, value: Values[Name]): void;
  /** Back to what is stored. */
  discard(): void;
}

const same = (a: unknown, b: unknown) => JSON.stringify(a) === JSON.stringify(b);

/** What `edited` changes of `stored`. */
export function changesOf<Values extends object>(stored: Values, edited: Partial<Values>): Partial<Values> {
  const names = Object.keys(edited) as (keyof Values)[];
  return Object.fromEntries(
    names.filter((name) => !same(stored[name], edited[name])).map((name) => [name, edited[name]]),
  ) as Partial<Values>;
}

/** A draft over `stored`, which may come anew while somebody edits: fields that they left alone follow it. */
export function useDraft<Values extends object>(stored: Values): Draft<Values> {
  const [edited, setEdited] = useState<Partial<Values>>({});
  const changes = changesOf(stored, edited);
  return {
    values: { ...stored, ...changes },
    changes,
    changed: Object.keys(changes).length > 0,
    set: (name, value) => setEdited((before) => ({ ...before, [name]: value })),
    discard: () => setEdited({}),
  };
}

/** What the gateway said of a field, to stand at it; `name` as in the request, nested by dots. */
export function fieldError(error: Error | null, name: string): string | undefined {
  const fields = error instanceof ApiProblem ? error.fields : [];
  return fields.find(({ field }) => field === name || field.startsWith(`${name}.`))?.message;
}

/** What of an error no field of `names` shows, so that it has to stand above the form. */
export function unshownError(error: Error | null, names: readonly string[]): Error | null {
  if (error instanceof ApiProblem && error.fields.length > 0) {
    return error.fields.every(({ field }) =>
      names.some((name) => field === name || field.startsWith(`${name}.`)),
    )
      ? null
      : error;
  }
  return error;
}
