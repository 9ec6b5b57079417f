/** The fields of `T`; each that could be undefined may be absent instead, and is never undefined. */
export type Defined<T> = {
  [K in keyof T as undefined extends T[K] ? never : K]: T[K];
} & {
  [K in keyof T as undefined extends T[K] ? K : never]?: Exclude<T[K], undefined>;
};

/**
 * The fields that have a value, in their order: `{ id, ...defined({ ip }) }` has no `ip` where there is none, as
 * `exactOptionalPropertyTypes` wants it. Null is a value.
 */
export function defined<T extends object>(fields: T): Defined<T> {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as Defined<T>;
}
