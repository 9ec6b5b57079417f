import { OAuthError } from "@sallyport/oauth";
import { type RequestHandler, urlencoded } from "express";

/** Reads an OAuth form. 56 KB, as oidc-provider's own endpoints. */
export const readForm: RequestHandler = urlencoded({ extended: false, limit: "56kb", parameterLimit: 50 });

export type Form = ReadonlyMap<string, string>;

/**
 * The parameters of a form or query: a parameter without a value counts as left out, one given twice is an error
 * (RFC 6749, 3.1 and 3.2).
 */
export function parametersOf(source: unknown): Form {
  const form = new Map<string, string>();
  for (const [name, value] of Object.entries(source ?? {})) {
    if (typeof value !== "string") {
      throw new OAuthError("invalid_request", `${printable(name)} must be given once`);
    }
    if (value !== "") {
      form.set(name, value);
    }
  }
  return form;
}

export function required(form: Form, name: string): string {
  const value = form.get(name);
  if (value === undefined) {
    throw new OAuthError("invalid_request", `${name} is missing`);
  }
  return value;
}

function printable(name: string): string {
  return name.replace(/[^\w.-]/g, "?").slice(0, 64);
}
