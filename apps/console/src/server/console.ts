import { Router } from "express";
import { type SessionDeps, sessionRoutes } from "./access/session-routes.ts";
import { type SignInDeps, signInRoutes } from "./access/sign-in.ts";
import { type PageOptions, pages } from "./pages.ts";

export { consoleApplication } from "./access/sign-in.ts";

export type ConsoleDeps = SessionDeps & SignInDeps & PageOptions;

/** The web pages of the gateway, and how people come to be signed in to the console. */
export function createConsole(deps: ConsoleDeps): Router {
  const router = Router();
  router.use("/console", signInRoutes(deps), sessionRoutes(deps));
  router.use(pages(deps));
  return router;
}
