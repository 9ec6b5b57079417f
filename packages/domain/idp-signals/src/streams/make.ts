import { signalEventsPath } from "@sallyport/connections";
import { newId, type Sql } from "@sallyport/database";
import { digestToken, newToken, type SecretBox } from "@sallyport/secrets";
import type { Asking } from "../ask.ts";
import { SignalFailure } from "../failure.ts";
import { keyOf, type SignalSource } from "../source.ts";
import { knownTransmitter, lookAtTransmitter } from "../transmitters/look.ts";
import { noteTransmitter } from "../transmitters/store.ts";
import {
  type AtTransmitter,
  createStream,
  endpointOf,
  readStatus,
  requestVerification,
} from "./at-transmitter.ts";
import { type AccessTokens, type Credential, createAccessTokens } from "./credential.ts";
import { expectVerification, findOwnStream, type NewStream, openCredential } from "./store.ts";

interface Deps {
  readonly sql: Sql;
  readonly secrets: SecretBox;
  readonly outbound: Asking;
  /** Base URL without a slash at its end. */
  readonly publicUrl: string;
  readonly now: () => Date;
}

/** The token that pushes bear, as secret scanners know it. */
const PUSH_TOKEN = "sps";
const STATE = "verify";

/** Makes a stream at the connection's transmitter, as it is there now; to be stored. Throws `SignalFailure`. */
export async function makeStream(
  deps: Deps,
  source: SignalSource,
  { mode, credential }: { readonly mode: "push" | "poll"; readonly credential: Credential },
): Promise<NewStream> {
  const configuration = await lookAtTransmitter(deps, source);
  const id = newId();
  const { connectionId, organizationId, issuer } = keyOf(source);
  const token = await createAccessTokens(deps).of(id, credential);
  const pushToken = newToken(PUSH_TOKEN);
  const there = await createStream(
    { outbound: deps.outbound, issuer, configuration, token },
    {
      push:
        mode === "poll"
          ? null
          : {
              url: deps.publicUrl + signalEventsPath(connectionId),
              authorization: `Bearer ${pushToken}`,
            },
      description: `Sallyport ${deps.publicUrl} ${connectionId}`,
    },
  );
  return {
    ...there,
    ...{ id, organizationId, connectionId, issuer, credential },
    configurationEndpoint: endpointOf(configuration),
    pushDigest: mode === "poll" ? null : digestToken(pushToken),
  };
}

/** Has the transmitter send a verification event, whose arrival is noted. Throws `SignalFailure`, which is noted, too. */
export async function verifyStream(deps: Deps, source: SignalSource, tokens?: AccessTokens): Promise<void> {
  await withStream(deps, source, tokens, async (at, { rowId, streamId }) => {
    const state = newToken(STATE);
    // Before it is asked for: the event may be here first.
    await expectVerification(deps.sql, rowId, state, deps.now());
    await requestVerification(at, streamId, state);
  });
}

/** Notes what the transmitter says that the stream does. Throws `SignalFailure`, which is noted, too. */
export async function lookAtStream(deps: Deps, source: SignalSource): Promise<void> {
  await withStream(deps, source, undefined, async (at, { streamId }) => {
    const status = await readStatus(at, streamId);
    if (status !== null) {
      await noteTransmitter(deps.sql, keyOf(source), { status });
    }
  });
}

async function withStream(
  deps: Deps,
  source: SignalSource,
  tokens: AccessTokens = createAccessTokens(deps),
  work: (at: AtTransmitter, stream: { readonly rowId: string; readonly streamId: string }) => Promise<void>,
): Promise<void> {
  const rowId = source.stream?.id;
  const own = rowId === undefined ? null : await findOwnStream(deps.sql, rowId);
  if (own === null) {
    return;
  }
  const { issuer } = source.settings;
  try {
    const configuration = await knownTransmitter(deps, source);
    const token = await tokens.of(own.id, openCredential(deps.secrets, own));
    await work(
      { outbound: deps.outbound, issuer, configuration, token },
      { rowId: own.id, streamId: own.streamId },
    );
  } catch (error) {
    if (error instanceof SignalFailure) {
      const { code, message } = error;
      await noteTransmitter(deps.sql, keyOf(source), { error: { code, message, at: deps.now() } });
    }
    throw error;
  }
}
