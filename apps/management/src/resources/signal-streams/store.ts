import {
  deleteStream,
  readDeliveries,
  readStreamHealth,
  requestVerification,
  type StreamFilter,
  setStatus,
} from "@sallyport/shared-signals";
import { originOf } from "../../change.ts";
import type { Context } from "../../context.ts";
import { problem } from "../../errors.ts";
import {
  encodeStreamCursor,
  type StatusChangeInput,
  type StreamPageQuery,
  signalDeliveryView,
  signalStreamView,
} from "./schema.ts";

/** Of all applications, or of one. */
export async function listSignalStreams(context: Context, filter: StreamFilter, query: StreamPageQuery) {
  if (filter.applicationId !== undefined) {
    await requireApplication(context, filter.applicationId);
  }
  const { database, now } = context.deps;
  const { cursor: after, limit } = query;
  const found = await readStreamHealth(database.sql, filter, { after, limit: limit + 1, now: now() });
  const shown = found.slice(0, limit);
  const last = shown.at(-1);
  const { needsAttention, createdAt, id } = last ?? {};
  return {
    items: shown.map(signalStreamView),
    nextCursor:
      found.length > limit && needsAttention !== undefined && createdAt !== undefined && id !== undefined
        ? encodeStreamCursor({ needsAttention, createdAt, id })
        : null,
  };
}

export async function getSignalStream(context: Context, applicationId: string, id: string) {
  await requireApplication(context, applicationId);
  const { database, now } = context.deps;
  const filter = { applicationId, id };
  const [stream] = await readStreamHealth(database.sql, filter, { limit: 1, now: now() });
  if (stream === undefined) {
    throw problem("signal_stream_not_found");
  }
  const deliveries = await readDeliveries(database.sql, stream);
  return { ...signalStreamView(stream), deliveries: deliveries.map(signalDeliveryView) };
}

export async function setSignalStreamStatus(
  context: Context,
  applicationId: string,
  id: string,
  next: StatusChangeInput,
) {
  await requireApplication(context, applicationId);
  const cause = { by: "operator", origin: originOf(context) } as const;
  const change = await setStatus(context.deps, { applicationId, id }, next, cause);
  if (change.is === "unknown") {
    throw problem("signal_stream_not_found");
  }
  return getSignalStream(context, applicationId, id);
}

/** Throws `signal_stream_disabled`, `signal_verification_too_soon`. */
export async function verifySignalStream(context: Context, applicationId: string, id: string): Promise<void> {
  await requireApplication(context, applicationId);
  const operator = originOf(context);
  const verification = await requestVerification(context.deps, { applicationId, id }, { operator });
  switch (verification.is) {
    case "unknown":
      throw problem("signal_stream_not_found");
    case "disabled":
      throw problem("signal_stream_disabled");
    case "too_soon":
      throw problem("signal_verification_too_soon");
    case "asked":
      return;
  }
}

export async function deleteSignalStream(context: Context, applicationId: string, id: string): Promise<void> {
  await requireApplication(context, applicationId);
  if (!(await deleteStream(context.deps, { applicationId, id }, originOf(context)))) {
    throw problem("signal_stream_not_found");
  }
}

async function requireApplication({ deps }: Context, id: string): Promise<void> {
  if ((await deps.database.prisma.application.count({ where: { id } })) === 0) {
    throw problem("application_not_found");
  }
}
