import { isDeepStrictEqual } from "node:util";

/** The fields that differ between two states of a resource: `before` and `after` of the event that tells of it; null: none. */
export function difference<State extends object>(
  before: State,
  after: State,
): { readonly before: Partial<State>; readonly after: Partial<State> } | null {
  const names = (Object.keys({ ...before, ...after }) as (keyof State)[]).filter(
    (name) => !isDeepStrictEqual(before[name], after[name]),
  );
  return names.length === 0 ? null : { before: pick(before, names), after: pick(after, names) };
}

/** Some fields of an object. */
export function pick<State extends object, Name extends keyof State>(
  state: State,
  names: readonly Name[],
): Pick<State, Name> {
  return Object.fromEntries(names.map((name) => [name, state[name]])) as Pick<State, Name>;
}
