import type { SamlFailure, SamlStatus, SamlWarning } from "../types.ts";
import { SAML_ERRORS, SAML_WARNINGS, type SamlErrorCode, type SamlWarningCode } from "./table.ts";

/** Thrown inside the package only; every public function turns it into a `SamlFailure`. */
export class Refusal extends Error {
  readonly failure: SamlFailure;

  constructor(
    code: SamlErrorCode,
    detail?: string,
    more: { readonly status?: SamlStatus; readonly fix?: string | undefined } = {},
  ) {
    const { status, fix } = more;
    super(code);
    this.failure = {
      ok: false,
      code,
      ...SAML_ERRORS[code],
      ...(fix === undefined ? {} : { fix }),
      ...(detail === undefined ? {} : { detail: shortened(detail) }),
      ...(status === undefined ? {} : { status }),
    };
  }
}

/** Not in the middle of a character: a lone surrogate is text that no database takes. */
function shortened(detail: string): string {
  return detail.slice(0, 500).replace(/[\ud800-\udbff]$/, "");
}

/** Ends validation with `code`. `detail` names the values that disagreed. */
export function refuse(code: SamlErrorCode, detail?: string): never {
  throw new Refusal(code, detail);
}

/** Runs `work` and turns a refusal into its failure; anything else is a bug and is thrown on. */
export function answering<T>(work: () => T): T | SamlFailure {
  try {
    return work();
  } catch (error) {
    if (error instanceof Refusal) {
      return error.failure;
    }
    throw error;
  }
}

export function warning(code: SamlWarningCode, detail?: string): SamlWarning {
  return { code, ...SAML_WARNINGS[code], ...(detail === undefined ? {} : { detail }) };
}
