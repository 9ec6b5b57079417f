import { z } from "zod";

/** Of one caller: what it may keep up, and what it may ask for at once. */
export interface RateLimit {
  readonly perSecond: number;
  readonly burst: number;
}

/** What differs from each room's own limits. */
export interface RateLimits {
  /** Per directory. */
  readonly scim?: RateLimit | "off";
}

const LIMITED = ["scim"] as const;
const OVERRIDE = new RegExp(`^(${LIMITED.join("|")})=(?:(off)|([1-9]\\d{0,5})/([1-9]\\d{0,5}))$`);

/** `off`, or overrides by room: `scim=200/1000`, or `scim=off`. */
export const rateLimits = z.string().transform((text, context): RateLimits => {
  if (text === "off") return { scim: "off" };
  const limits: { -readonly [Room in keyof RateLimits]: RateLimits[Room] } = {};
  for (const item of text.split(",")) {
    const [, room, off, perSecond, burst] = OVERRIDE.exec(item.trim()) ?? [];
    if (room !== "scim") {
      context.addIssue({
        code: "custom",
        message: "must be off, or a room's requests per second and at once, such as scim=200/1000",
      });
      return z.NEVER;
    }
    limits[room] = off ? "off" : { perSecond: Number(perSecond), burst: Number(burst) };
  }
  return limits;
});
