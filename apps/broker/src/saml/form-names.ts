import type { IncomingMessage, ServerResponse } from "node:http";
import { SignInFailure } from "../sign-in/failures.ts";

/**
 * For `verify` of express.urlencoded: refuses parameter names that are written in an encoding. No IdP does so, and what
 * a filter in front of us reads as another parameter is no parameter of ours (CVE-2026-18217 family).
 */
export function refuseEncodedNames(_req: IncomingMessage, _res: ServerResponse, body: Buffer): void {
  for (const pair of body.toString("latin1").split("&")) {
    const [name = ""] = pair.split("=", 1);
    if (/[%+]/.test(name)) {
      throw new SignInFailure("request_malformed", { detail: "encoded parameter name" });
    }
  }
}
