import express from "express";

/**
 * Whether a form writes a parameter's name in an encoding. No IdP does so, and what a filter in front of us reads as
 * another parameter is not one of our parameters (CVE-2026-18217 family).
 * @param body as it was posted
 */
function hasEncodedNames(body: Buffer): boolean {
  return body
    .toString("latin1")
    .split("&")
    .some((pair) => /[%+]/.test(pair.split("=", 1)[0] ?? ""));
}

/**
 * Parses a form of which each field has a name that is written as it is.
 * @param limit most bytes of the form, as Express has it ("16kb")
 * @param refusal what is thrown for a form with another name
 */
export function plainForm(limit: string, refusal: () => Error): ReturnType<typeof express.urlencoded> {
  return express.urlencoded({
    extended: false,
    limit,
    parameterLimit: 20,
    verify: (_req, _res, body) => {
      if (hasEncodedNames(body)) {
        throw refusal();
      }
    },
  });
}
