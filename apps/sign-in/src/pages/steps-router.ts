import express, { Router } from "express";
import { z } from "zod";
import type { SignInContext } from "../core/context.ts";
import { SignInFailure } from "../core/failures.ts";
import { resumeLogin, showStep } from "../core/login.ts";

const PATH = "/sign-in/steps/:id";
/** An assertion of a passkey fits well. */
const fields = z.record(z.string().max(64), z.string().max(8_192));

/** Where a verified login waits for its person: the forms of further steps. */
export function createStepsRouter(context: SignInContext): Router {
  const router = Router();
  const body = express.urlencoded({ extended: false, limit: "64kb", parameterLimit: 20 });
  router.get(PATH, (req, res) => showStep(context, req, res, req.params.id));
  router.post(PATH, body, async (req, res) => {
    const parsed = fields.safeParse(req.body);
    if (!parsed.success) {
      throw new SignInFailure("request_malformed");
    }
    await resumeLogin(context, req, res, { id: req.params.id, fields: parsed.data });
  });
  router.all(PATH, (_req, res) => {
    res.set("allow", "GET, HEAD, POST");
    throw new SignInFailure("method_not_allowed");
  });
  return router;
}
