import type { CreatedTestLogin } from "@sallyport/login-records";
import type { z } from "zod";
import type { ManagementApiDeps } from "../../deps.ts";
import type { createdTestLogin } from "./schema.ts";

/** A test with the address that starts it, which is shown this once. */
export function testLoginLink(
  { id, token, createdAt, expiresAt }: CreatedTestLogin,
  { publicUrl }: Pick<ManagementApiDeps, "publicUrl">,
): z.input<typeof createdTestLogin> {
  return {
    id,
    url: `${publicUrl}/sign-in/test/${token}`,
    createdAt: createdAt.toISOString(),
    expiresAt: expiresAt.toISOString(),
  };
}
