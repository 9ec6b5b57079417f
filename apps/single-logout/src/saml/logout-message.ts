import { defined } from "@sallyport/defined";
import type { SamlTransport } from "@sallyport/saml";
import type { Request } from "express";
import { z } from "zod";
import { LogoutFailure } from "../failures.ts";

/** Marks the form that we made the browser post again. */
export const SECOND_POST = "sallyport_second_post";
/** Far beyond the 80 bytes of the specification (Bindings 3.4.3), which some IdPs do not keep to. */
const MAX_RELAY_STATE = 2_048;

/** A message as the browser brought it; nothing of it is verified yet. */
export interface LogoutMessage {
  readonly kind: "request" | "response";
  readonly transport: SamlTransport;
  readonly relayState: string | undefined;
  /** It has come from another site's form, and our cookie may have stayed behind. */
  readonly mayLackCookie: boolean;
}

const form = z
  .object({
    SAMLRequest: z.string().min(1).optional(),
    SAMLResponse: z.string().min(1).optional(),
    RelayState: z.string().max(MAX_RELAY_STATE).optional(),
    [SECOND_POST]: z.literal("1").optional(),
  })
  .refine(({ SAMLRequest, SAMLResponse }) => (SAMLRequest === undefined) !== (SAMLResponse === undefined));

/** HTTP-POST (SAML bindings 3.5). Throws `LogoutFailure`. */
export function readForm(req: Request): LogoutMessage {
  const parsed = form.safeParse(req.body);
  if (!parsed.success) {
    throw new LogoutFailure("request_malformed");
  }
  const { SAMLRequest, SAMLResponse, RelayState: relayState, [SECOND_POST]: again } = parsed.data;
  const value = SAMLRequest ?? SAMLResponse ?? "";
  return {
    kind: SAMLRequest === undefined ? "response" : "request",
    transport: { binding: "post", value, ...defined({ relayState }) },
    relayState,
    mayLackCookie: again === undefined,
  };
}

/** HTTP-Redirect (SAML bindings 3.4). The query stays raw: the signature covers its octets. Throws `LogoutFailure`. */
export function readQuery(req: Request): LogoutMessage {
  const at = req.originalUrl.indexOf("?");
  const query = at === -1 ? "" : req.originalUrl.slice(at + 1);
  const has = (name: string) => query.split("&").some((part) => part.startsWith(`${name}=`));
  if (!has("SAMLRequest") && !has("SAMLResponse")) {
    throw new LogoutFailure("request_malformed");
  }
  const relayState = new URLSearchParams(query).get("RelayState") ?? undefined;
  if ((relayState?.length ?? 0) > MAX_RELAY_STATE) {
    throw new LogoutFailure("request_malformed");
  }
  return {
    // Of both at once the validator makes a refusal.
    kind: has("SAMLRequest") ? "request" : "response",
    transport: { binding: "redirect", query },
    relayState,
    mayLackCookie: false,
  };
}
