import { defined } from "@sallyport/defined";
import { sendOn } from "@sallyport/html";
import {
  InteractionEndedError,
  type InteractionKey,
  type Interactions,
  type SignInRequest,
} from "@sallyport/interactions";
import type { Response } from "express";
import type { KoaContextWithOIDC } from "oidc-provider";
import { z } from "zod";
import type { Applications } from "../applications.ts";
import type { ServingProvider } from "../provider/provider.ts";
import type { Artifact, ArtifactKey, ArtifactStore, Payload } from "../store/artifact-store.ts";
import { seconds } from "../tokens/session-claims.ts";
import type { RecentRequests } from "./recent-requests.ts";
import type { InProcessResumption, Resumption } from "./resume-in-process.ts";
import { wantedOfIdp } from "./sign-in-policy.ts";

/** What oidc-provider stored of an authorization request that waits for a sign-in. */
const waitingRequest = z.object({
  exp: z.number(),
  params: z.object({
    client_id: z.string(),
    organization: z.string().optional(),
    connection: z.string().optional(),
    domain: z.string().optional(),
    login_hint: z.string().optional(),
    acr_values: z.string().optional(),
    max_age: z.coerce.number().int().nonnegative().optional(), // oidc-provider has checked it
  }),
  prompt: z.object({ reasons: z.array(z.string()) }),
  /** Of the person who was signed in when the request came. */
  session: z.unknown().optional(),
  result: z.unknown().optional(),
});

const signInResult = z.object({ sessionId: z.string() });

/**
 * Where a waiting request is stored: by its id and its browser's token together, so that no step can forget to compare
 * them. What another browser made is not found.
 */
export function artifactKeyOf({ id, browser }: InteractionKey): ArtifactKey {
  return { kind: "Interaction", id: `${id} ${browser}` };
}

/** How long a request that went on may be answered again, for a browser that sent the IdP's answer twice. */
const REPEATABLE_MS = 10_000;
const resumedRequest = z.looseObject({ result: z.object({ signIn: signInResult }) });

/** A request that went on, as `repeat` finds it again: stored with what it led to, and as long as it may be repeated. */
export function resumedArtifact({ key, payload }: Resumption, now: Date): Artifact {
  const expiresAt = new Date(now.getTime() + REPEATABLE_MS);
  return { ...resumedKeyOf(key), payload, grantId: null, expiresAt };
}

function resumedKeyOf(key: InteractionKey): ArtifactKey {
  return { ...artifactKeyOf(key), kind: "ResumedRequest" };
}

/** The waiting requests, as the sign-in half sees them. */
export function createInteractions(deps: {
  readonly store: ArtifactStore;
  readonly recent: RecentRequests;
  readonly resumption: InProcessResumption;
  readonly current: () => Promise<ServingProvider>;
  readonly now: () => Date;
  readonly applications: Applications;
  /** Where an authorization request goes on. */
  readonly resumePath: (id: string) => string;
  readonly publicUrl: string;
}): Interactions {
  async function end(key: InteractionKey, result: Payload): Promise<string> {
    deps.recent.forget(key);
    const request = await deps.store.addOnce(artifactKeyOf(key), "result", result);
    if (request === null) {
      throw new InteractionEndedError();
    }
    return deps.publicUrl + deps.resumePath(key.id);
  }

  const finish: Interactions["finish"] = (key, { sessionId }) =>
    // Not oidc-provider's own `login`: it takes an account for a person, and would have somebody who signs in again
    // confirm that they leave their previous session.
    end(key, { signIn: { sessionId } });

  return {
    async load(key) {
      const payload = deps.recent.find(key) ?? (await deps.store.find(artifactKeyOf(key)))?.payload;
      if (payload === undefined) {
        return null;
      }
      const waiting = waitingRequest.parse(payload);
      if (waiting.result !== undefined || waiting.exp <= seconds(deps.now())) {
        return null;
      }
      const application = await deps.applications.find(waiting.params.client_id);
      return application === null ? null : signInRequest(key.id, waiting, application);
    },
    finish,
    async resume(req, res: Response, key, result) {
      const payload = await deps.store.take(artifactKeyOf(key));
      if (payload === null) {
        throw new InteractionEndedError();
      }
      const waiting = waitingRequest.parse(payload);
      if (waiting.result !== undefined || waiting.session !== undefined) {
        // It has ended already; or it goes on in a session whose cookie does not come with a post from elsewhere.
        const expiresAt = new Date(waiting.exp * 1000);
        await deps.store.write({ put: [{ ...artifactKeyOf(key), payload, grantId: null, expiresAt }] });
        return sendOn(res, await finish(key, result));
      }
      deps.recent.forget(key);
      const resumed = { key, payload: { ...payload, result: { signIn: result } } };
      const { handle } = await deps.current();
      await deps.resumption.answer(req, res, resumed, handle);
    },
    async repeat(req, res: Response, key, { sessionId }) {
      const isOfSession = (payload: Payload) =>
        resumedRequest.safeParse(payload).data?.result.signIn.sessionId === sessionId;
      const resumed = await deps.store.find(resumedKeyOf(key));
      if (resumed !== null && isOfSession(resumed.payload)) {
        const { handle } = await deps.current();
        await deps.resumption.answer(req, res, { key, payload: resumed.payload }, handle);
        return true;
      }
      // Or the browser was sent to where it goes on by itself, and has not been there.
      const waiting = await deps.store.find(artifactKeyOf(key));
      if (waiting !== null && isOfSession(waiting.payload)) {
        sendOn(res, deps.publicUrl + deps.resumePath(key.id));
        return true;
      }
      return false;
    },
    abort: (key, { code, description }) => end(key, { error: code, error_description: description }),
  };
}

function signInRequest(
  id: string,
  waiting: z.infer<typeof waitingRequest>,
  application: { readonly id: string; readonly name: string },
): SignInRequest {
  const { params, prompt } = waiting;
  return {
    id,
    application: { id: application.id, name: application.name },
    ...defined({
      organization: params.organization,
      connection: params.connection,
      domain: params.domain,
      loginHint: params.login_hint,
    }),
    ...wantedOfIdp(prompt.reasons),
    ...defined({ maxAge: params.max_age }),
    acrValues: params.acr_values?.split(" ").filter((value) => value !== "") ?? [],
    expiresAt: new Date(waiting.exp * 1000),
  };
}

/** On the way back from a sign-in: from now on the browser's session is the new one, whoever's it was before. */
export function adoptSignIn(ctx: KoaContextWithOIDC): void {
  const { result, session } = ctx.oidc;
  if (result?.signIn === undefined || session === undefined) {
    return;
  }
  const { sessionId } = signInResult.parse(result.signIn);
  session.authorizations = undefined;
  session.loginAccount({ accountId: sessionId });
}
