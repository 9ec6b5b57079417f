import { z } from "zod";

/** Of one caller: what it may keep up, and what it may ask for at once. */
export interface RateLimit {
  readonly perSecond: number;
  readonly burst: number;
}

/** What is limited. What is left out has its usual limit. */
export interface RateLimits {
  /** Requests of a directory. */
  readonly scim?: RateLimit | "off";
  /** Sign-ins of a network that come to nothing. */
  readonly signIn?: RateLimit | "off";
  /** Requests of a network with credentials that are none. */
  readonly credentials?: RateLimit | "off";
}

/**
 * A company behind one address: whoever signs in pays back what it cost, so that only what is under way at one moment
 * counts, some thousands where twenty thousand people come within minutes.
 */
export const USUAL_SIGN_IN_LIMIT: RateLimit = { perSecond: 0.2, burst: 3_000 };
export const USUAL_CREDENTIALS_LIMIT: RateLimit = { perSecond: 1, burst: 100 };

const LIMITED = ["scim", "signIn", "credentials"] as const;
type Limited = (typeof LIMITED)[number];

const isLimited = (text: string): text is Limited => LIMITED.some((name) => name === text);
const OVERRIDE = /^(\w+)=(?:(off)|(\d{1,6}(?:\.\d{1,3})?)\/([1-9]\d{0,5}))$/;

/** `off`, or overrides: `scim=200/1000,signIn=off`. */
export const rateLimits = z.string().transform((text, context): RateLimits => {
  if (text === "off") {
    return { scim: "off", signIn: "off", credentials: "off" };
  }
  const limits: { -readonly [Name in Limited]?: RateLimit | "off" } = {};
  for (const item of text.split(",")) {
    const [, name = "", off, perSecond, burst] = OVERRIDE.exec(item.trim()) ?? [];
    if (!isLimited(name) || (off === undefined && Number(perSecond) === 0)) {
      context.addIssue({
        code: "custom",
        message: `must be off, or limits of ${LIMITED.join(", ")}, per second and at once, such as scim=200/1000`,
      });
      return z.NEVER;
    }
    limits[name] = off ? "off" : { perSecond: Number(perSecond), burst: Number(burst) };
  }
  return limits;
});
