import { findConnection } from "@sallyport/connections";
import { openTestLogin } from "@sallyport/login-records";
import { Router } from "express";
import type { SignInContext } from "../core/context.ts";
import { SignInFailure } from "../core/failures.ts";
import { startLogin } from "../core/login.ts";
import { connectionUnderTest } from "../core/test-login.ts";

const PATH = "/sign-in/test/:token";

/** The link that tests a connection; anybody who has it can open it. It says that nobody is signed in by it. */
export function createTestLoginRouter(context: SignInContext): Router {
  const router = Router();
  const { sql } = context.database;
  router.get(PATH, async (req, res, next) => {
    if (req.method !== "GET") {
      return next(); // HEAD starts nothing
    }
    const test = await openTestLogin(sql, req.params.token, context.now());
    const connection = test === null ? null : await findConnection(sql, test.type, test.connectionId);
    if (test === null || connection === null) {
      throw new SignInFailure("login_unknown");
    }
    const cause = { kind: "test", testId: test.id } as const;
    await startLogin(context, req, res, {
      connection: await connectionUnderTest(context, connection, cause),
      cause,
      loginHint: undefined,
      browser: context.cookie.ensure(req, res),
    });
  });
  router.all(PATH, (_req, res) => {
    res.set("allow", "GET");
    throw new SignInFailure("method_not_allowed");
  });
  return router;
}
