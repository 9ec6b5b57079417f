import type { TestLogin } from "@sallyport/login-records";
import { z } from "zod";
import { id, timestamp } from "../../api/text.ts";

export const createdTestLogin = z
  .object({
    id,
    url: z.url().meta({
      description:
        "To be opened in a browser, also by somebody else: it asks the identity provider, and signs nobody in.",
    }),
    createdAt: timestamp,
    expiresAt: timestamp,
  })
  .meta({ id: "CreatedTestLogin" });

export const testLogin = z
  .object({
    id,
    createdAt: timestamp,
    expiresAt: timestamp,
    outcome: z.enum(["waiting", "started", "success", "failure"]).meta({
      description:
        "`waiting`: nobody has opened the link. `started`: the identity provider has not answered yet.",
    }),
    recordId: id.nullable().meta({ description: "The login record of the last try." }),
    steps: z
      .array(z.looseObject({ name: z.string(), at: z.string() }))
      .meta({ description: "What was done and checked, in order." }),
    identity: z
      .record(z.string(), z.union([z.string(), z.boolean(), z.null(), z.array(z.string())]))
      .nullable()
      .meta({ description: "Whom it would have signed in, as the connection's settings read it." }),
  })
  .meta({ id: "TestLogin" });

export function testLoginView(test: TestLogin): z.input<typeof testLogin> {
  return {
    ...test,
    createdAt: test.createdAt.toISOString(),
    expiresAt: test.expiresAt.toISOString(),
    steps: test.steps.map((step) => ({ ...step })),
  };
}
