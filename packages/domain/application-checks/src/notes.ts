import { z } from "zod";

/**
 * What an integration check remembers of an application: the last of each alone, cut to a bounded length, and nothing of
 * the people who sign in.
 */

const LONGEST = 300;

/** Of a text that an application sent: what a page of the console may show. */
const shortText = z.string().transform((text) => text.replace(/\p{C}/gu, " ").slice(0, LONGEST));

export const authorizationRequestNote = z.object({
  at: z.iso.datetime(),
  redirectUri: shortText.nullable(),
  responseType: shortText.nullable(),
  scope: shortText.nullable(),
  prompt: shortText.nullable(),
  codeChallengeMethod: shortText.nullable(),
  /** How the gateway refused it; null where it did not. */
  refused: z.object({ error: shortText, description: shortText }).nullable(),
});
export type AuthorizationRequestNote = z.infer<typeof authorizationRequestNote>;

export const tokenErrorNote = z.object({
  at: z.iso.datetime(),
  grantType: shortText.nullable(),
  error: shortText,
  /** Why, in more words than the application is told. */
  reason: shortText,
});
export type TokenErrorNote = z.infer<typeof tokenErrorNote>;

/** One attempt to tell an application that a session ended. */
export const logoutDelivery = z.object({
  at: z.iso.datetime(),
  /** From 1. */
  attempt: z.int(),
  signingAlg: z.string(),
  /** Of the answer; null where there was none. */
  status: z.int().nullable(),
  /** `answered`: by a success. That the application ended its own session it does not say. */
  outcome: z.enum(["answered", "failed"]),
  /** What went wrong, in the application's words where it has any. */
  reason: shortText.nullable(),
});
export type LogoutDelivery = z.infer<typeof logoutDelivery>;

export interface ApplicationCheck {
  readonly lastRequest: AuthorizationRequestNote | null;
  readonly lastTokenError: TokenErrorNote | null;
  /** The newest last. */
  readonly logoutDeliveries: readonly LogoutDelivery[];
}
