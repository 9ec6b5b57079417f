import { createOpenIdProvider, type OpenIdProviderDeps } from "@sallyport/openid-provider";
import { createSignIn, type SignInDeps } from "@sallyport/sign-in";
import { createSignalStreams } from "@sallyport/signal-streams";
import { createSingleLogout } from "@sallyport/single-logout";
import { Router } from "express";

export type BrokerDeps = Omit<OpenIdProviderDeps, "upstreamLogout" | "signInRedirect" | "waiting"> &
  SignInDeps;

/** Everything that browsers sign in and out by: sign-in, openid-provider and single-logout, put together; and what tells
 * applications of it (signal-streams). */
export interface Broker {
  /** To be mounted at the root, with no body parser before it. */
  readonly router: Router;
  close(): Promise<void>;
}

export async function createBroker(deps: BrokerDeps): Promise<Broker> {
  const singleLogout = createSingleLogout(deps);
  const signIn = createSignIn(deps);
  const openIdProvider = await createOpenIdProvider({
    ...deps,
    upstreamLogout: singleLogout.upstream,
    signInRedirect: signIn.signInRedirect,
    waiting: signIn.waitingSessions,
  });
  const router = Router();
  router.use(openIdProvider.router);
  router.use(singleLogout.router);
  router.use(createSignalStreams(deps));
  router.use(signIn.routes(openIdProvider.interactions));
  return { router, close: () => openIdProvider.close() };
}
