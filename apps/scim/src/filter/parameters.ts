/** The values of one SQL statement, in the order of their placeholders. */
export class Parameters {
  readonly #values: unknown[];
  readonly #given: number;

  /** @param given how many of the values are not the statement's own */
  constructor(values: readonly unknown[] = [], given = values.length) {
    this.#values = [...values];
    this.#given = given;
  }

  /** Adds a value and returns its placeholder, such as `$3`. */
  add(value: unknown): string {
    this.#values.push(value);
    return `$${this.#values.length}`;
  }

  /** The same values, to which others can be added. */
  extended(): Parameters {
    return new Parameters(this.#values, this.#given);
  }

  get values(): readonly unknown[] {
    return this.#values;
  }

  /** Those that were added. */
  get own(): readonly unknown[] {
    return this.#values.slice(this.#given);
  }
}

/** A text as an SQL literal: for names of the schema only, never for what a request says. */
export function literal(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}
