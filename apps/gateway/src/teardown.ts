import type { Logger } from "@sallyport/logging";

/** What was opened, to be closed in reverse order: each thing outlives all that use it. */
export class Teardown {
  readonly #steps: { readonly name: string; readonly close: () => Promise<unknown> | unknown }[] = [];
  readonly #log: Logger;

  constructor(log: Logger) {
    this.#log = log;
  }

  add(name: string, close: () => Promise<unknown> | unknown): void {
    this.#steps.push({ name, close });
  }

  /** Takes over what another one was to close. */
  adopt(other: Teardown): void {
    this.#steps.push(...other.#steps.splice(0));
  }

  /** Closes everything, whatever fails on the way. Resolves to whether nothing failed. */
  async run(): Promise<boolean> {
    let clean = true;
    for (let step = this.#steps.pop(); step !== undefined; step = this.#steps.pop()) {
      try {
        await step.close();
      } catch (error) {
        clean = false;
        this.#log.error({ err: error, step: step.name }, "could not close");
      }
    }
    return clean;
  }
}
