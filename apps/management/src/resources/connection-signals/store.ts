import {
  detachStream,
  findSource,
  forgetStatus,
  lookAtStream,
  lookAtTransmitter,
  makeStream,
  readSignalState,
  SignalFailure,
  type SignalFailureCode,
  type SignalSource,
  storeStream,
  verifyStream,
} from "@sallyport/idp-signals";
import type { z } from "zod";
import { change } from "../../change.ts";
import type { Context } from "../../context.ts";
import { type AdminErrorCode, problem } from "../../errors.ts";
import { findConnection } from "../connections/store.ts";
import { type newSignalStream, signalStateView } from "./schema.ts";

/** Throws `connection_not_found`. */
export async function getState({ deps }: Context, organizationId: string, connectionId: string) {
  const state = await readSignalState(deps.database.sql, organizationId, connectionId);
  if (state === null) {
    throw problem("connection_not_found");
  }
  return signalStateView(state);
}

/** Throws `connection_not_found`, `signals_not_set`, and what went wrong at the transmitter. */
export async function check(context: Context, organizationId: string, connectionId: string) {
  const source = await requireSource(context, organizationId, connectionId);
  const deps = withSql(context);
  await atTransmitter(async () => {
    await lookAtTransmitter(deps, source);
    await lookAtStream(deps, source);
  });
  return getState(context, organizationId, connectionId);
}

/**
 * Makes the stream at the transmitter, then stores it; what goes wrong with the verification is shown by the state alone.
 * Throws as `check` does, and `changed_meanwhile`.
 */
export async function replace(
  context: Context,
  organizationId: string,
  connectionId: string,
  { mode, accessToken, clientCredentials }: z.output<typeof newSignalStream>,
) {
  const source = await requireSource(context, organizationId, connectionId);
  const credential = accessToken === undefined ? clientCredentials : { accessToken };
  if (credential === undefined) {
    throw new Error("A stream without a credential passed its schema");
  }
  const deps = withSql(context);
  const stream = await atTransmitter(() => makeStream(deps, source, { mode, credential }));
  const isStored = await change(context, async ({ sql, now, record }) => {
    if (!(await storeStream(sql, deps.secrets, stream, now))) {
      return false; // it is stored as one that is to be deleted there
    }
    await forgetStatus(sql, organizationId, connectionId);
    const { issuer, streamId } = stream;
    record({
      organizationId,
      type: "connection.signal_stream_created",
      resource: { type: "connection", id: connectionId },
      data: { issuer, streamId, mode },
    });
    return true;
  });
  if (!isStored) {
    throw problem("changed_meanwhile");
  }
  const made = await requireSource(context, organizationId, connectionId);
  await noted(() => lookAtStream(deps, made));
  await noted(() => verifyStream(deps, made));
  return getState(context, organizationId, connectionId);
}

/** Throws as `check` does, and `signal_stream_missing`. */
export async function verify(context: Context, organizationId: string, connectionId: string) {
  const source = await requireSource(context, organizationId, connectionId);
  const streamId = source.stream?.streamId;
  if (streamId === undefined) {
    throw problem("signal_stream_missing");
  }
  await atTransmitter(() => verifyStream(withSql(context), source));
  await change(context, ({ record }) => {
    record({
      organizationId,
      type: "connection.signal_verification_requested",
      resource: { type: "connection", id: connectionId },
      data: { streamId },
    });
    return Promise.resolve();
  });
  return getState(context, organizationId, connectionId);
}

/** The worker deletes it at the transmitter. Throws `connection_not_found`, `signal_stream_missing`. */
export async function remove(context: Context, organizationId: string, connectionId: string): Promise<void> {
  await findConnection(context, organizationId, connectionId);
  await change(context, async ({ sql, now, record }) => {
    const stream = await detachStream(sql, { organizationId, connectionId }, now);
    if (stream === null) {
      throw problem("signal_stream_missing");
    }
    await forgetStatus(sql, organizationId, connectionId);
    record({
      organizationId,
      type: "connection.signal_stream_removed",
      resource: { type: "connection", id: connectionId },
      data: stream,
    });
  });
}

async function requireSource(
  context: Context,
  organizationId: string,
  connectionId: string,
): Promise<SignalSource> {
  const { id } = await findConnection(context, organizationId, connectionId);
  const source = await findSource(context.deps.database.sql, id);
  if (source === null) {
    throw problem("signals_not_set");
  }
  return source;
}

function withSql({ deps }: Context) {
  return { ...deps, sql: deps.database.sql };
}

const PROBLEMS: Readonly<Record<SignalFailureCode, AdminErrorCode>> = {
  transmitter_unreachable: "transmitter_unavailable",
  transmitter_busy: "transmitter_unavailable",
  transmitter_unauthorized: "transmitter_unauthorized",
  transmitter_refused: "transmitter_refused",
  transmitter_invalid: "transmitter_invalid",
  event_refused: "transmitter_invalid",
};

/** Tells what went wrong at the transmitter as a problem of the API. */
async function atTransmitter<Result>(work: () => Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof SignalFailure) {
      throw problem(PROBLEMS[error.code], { reason: error.message, cause: error });
    }
    throw error;
  }
}

/** What goes wrong at the transmitter is noted, and keeps nothing from happening. */
async function noted(work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (!(error instanceof SignalFailure)) {
      throw error;
    }
  }
}
