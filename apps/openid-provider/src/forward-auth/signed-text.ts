import { createHmac, timingSafeEqual } from "node:crypto";
import type { z } from "zod";

/** Text that passes through browsers and comes back unchanged, or not at all. Whoever holds it can read it. */
export interface SignedText<Content> {
  sign(content: Content): string;
  /** What was signed; null where it was not by us, or for something else. */
  open(text: string | null | undefined): Content | null;
}

/** @param purpose keeps apart what one key signs: the one does not pass for the other */
export function createSignedText<Content>(
  key: string,
  purpose: string,
  schema: z.ZodType<Content>,
): SignedText<Content> {
  const macOf = (body: string) =>
    createHmac("sha256", key).update(`forward-auth ${purpose} ${body}`).digest();
  return {
    sign(content) {
      const body = Buffer.from(JSON.stringify(content)).toString("base64url");
      return `${body}.${macOf(body).toString("base64url")}`;
    },
    open(text) {
      const [, body = "", mac = ""] = /^([\w-]{1,8000})\.([\w-]{43})$/.exec(text ?? "") ?? [];
      if (body === "" || !timingSafeEqual(Buffer.from(mac, "base64url"), macOf(body))) {
        return null;
      }
      return schema.safeParse(JSON.parse(Buffer.from(body, "base64url").toString("utf8"))).data ?? null;
    },
  };
}
