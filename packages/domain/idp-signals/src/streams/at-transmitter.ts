import { cutText } from "@sallyport/database";
import { z } from "zod";
import { type Asking, askTransmitter } from "../ask.ts";
import { SignalFailure } from "../failure.ts";
import { EVENTS_REQUESTED } from "../sets/event-types.ts";
import type { TransmitterConfiguration } from "../transmitters/configuration.ts";
import { STREAM_STATUSES, type StreamStatus } from "../transmitters/store.ts";

// What the gateway asks of a transmitter about streams (SSF 1.0, sections 8.1.1 to 8.1.4).

const PUSH = "urn:ietf:rfc:8935";
const POLL = "urn:ietf:rfc:8936";

/** At which transmitter, and with what. */
export interface AtTransmitter {
  readonly outbound: Asking;
  readonly issuer: string;
  readonly configuration: TransmitterConfiguration;
  readonly token: string;
}

export interface WantedStream {
  /** Where events are pushed, and the header that they are to bear; null: they are polled. */
  readonly push: { readonly url: string; readonly authorization: string } | null;
  /** Tells our streams from those of others there. */
  readonly description: string;
}

/** As the transmitter made it. */
export interface StreamThere {
  readonly streamId: string;
  readonly audiences: readonly string[];
  /** Null: it is pushed. */
  readonly pollUrl: string | null;
}

const text = z.string().min(1).max(1_024);
const streamId = z.string().min(1).max(512);
const made = z.object({
  stream_id: streamId,
  iss: text,
  aud: z.union([text, z.array(text).min(1).max(20)]),
  delivery: z.object({ method: text, endpoint_url: z.string().max(2_048).optional() }),
});
const listed = z.array(z.object({ stream_id: streamId, description: z.string().nullish() })).max(100);

/**
 * Makes a stream. A transmitter that has one for us already is one that a process died of before it wrote that down: it is
 * deleted, and a new one made. Throws `SignalFailure`.
 */
export async function createStream(at: AtTransmitter, wanted: WantedStream): Promise<StreamThere> {
  requireMethod(at.configuration, wanted.push === null ? POLL : PUSH);
  const there = (await post(at, wanted)) ?? ((await removeOwn(at, wanted)) ? await post(at, wanted) : null);
  if (there === null) {
    throw new SignalFailure(
      "transmitter_refused",
      "The transmitter has a stream for this credential already, which somebody else made. Delete it there.",
    );
  }
  return there;
}

/** Null: there is one already (409). */
async function post(at: AtTransmitter, { push, description }: WantedStream): Promise<StreamThere | null> {
  const endpoint = endpointOf(at.configuration);
  const { status, body } = await askTransmitter(at.outbound, {
    method: "POST",
    url: endpoint,
    token: at.token,
    alsoTakes: [409],
    body: {
      events_requested: EVENTS_REQUESTED,
      delivery:
        push === null
          ? { method: POLL }
          : { method: PUSH, endpoint_url: push.url, authorization_header: push.authorization },
      description,
    },
  });
  if (status === 409) {
    return null;
  }
  const parsed = made.safeParse(body);
  if (!parsed.success) {
    const member = parsed.error.issues[0]?.path.join(".") || "the answer";
    throw new SignalFailure("transmitter_invalid", `The stream that was made cannot be used: ${member}.`);
  }
  const { stream_id, iss, aud, delivery } = parsed.data;
  try {
    if (iss !== at.issuer) {
      throw new SignalFailure("transmitter_invalid", "The stream that was made is of another issuer.");
    }
    const pollUrl = push === null ? pollUrlOf(at.configuration, delivery) : null;
    return { streamId: stream_id, audiences: [aud].flat(), pollUrl };
  } catch (error) {
    await deleteStream(at, { endpoint, streamId: stream_id }).catch(() => undefined); // the error says more
    throw error;
  }
}

/** The token is for those hosts that the transmitter's own configuration names, and goes to no other. */
function pollUrlOf(
  configuration: TransmitterConfiguration,
  { method, endpoint_url: url }: z.output<typeof made>["delivery"],
): string {
  if (method !== POLL || url === undefined || !URL.canParse(url)) {
    throw new SignalFailure(
      "transmitter_invalid",
      "The stream that was made has no endpoint to be polled at.",
    );
  }
  const { configurationEndpoint, statusEndpoint, verificationEndpoint } = configuration;
  const origins = [configurationEndpoint, statusEndpoint, verificationEndpoint].flatMap((endpoint) =>
    endpoint === undefined ? [] : [new URL(endpoint).origin],
  );
  if (!origins.includes(new URL(url).origin)) {
    throw new SignalFailure(
      "transmitter_invalid",
      "The stream is to be polled at a host that the transmitter's configuration does not name: it is not sent the credential.",
    );
  }
  return url;
}

/** Resolves to whether there was one that a process of ours had made. */
async function removeOwn(at: AtTransmitter, { description }: WantedStream): Promise<boolean> {
  const endpoint = endpointOf(at.configuration);
  const { body } = await askTransmitter(at.outbound, { url: endpoint, token: at.token });
  const streams = listed.safeParse(Array.isArray(body) ? body : [body]).data ?? [];
  const own = streams.filter((stream) => stream.description === description);
  for (const { stream_id: id } of own) {
    await deleteStream(at, { endpoint, streamId: id });
  }
  return own.length > 0;
}

/** Deletes a stream; one that is not there is as deleted. Throws `SignalFailure`. */
export async function deleteStream(
  { outbound, token }: Pick<AtTransmitter, "outbound" | "token">,
  stream: { readonly endpoint: string; readonly streamId: string },
): Promise<void> {
  await askTransmitter(outbound, {
    method: "DELETE",
    url: withStream(stream.endpoint, stream.streamId),
    token,
    alsoTakes: [404, 410],
  });
}

/** Asks for a verification event that brings `state`. Throws `SignalFailure`. */
export async function requestVerification(
  { outbound, configuration, token }: AtTransmitter,
  streamId: string,
  state: string,
): Promise<void> {
  const { verificationEndpoint: url } = configuration;
  if (url === undefined) {
    throw new SignalFailure(
      "transmitter_refused",
      "The transmitter's configuration names no verification_endpoint.",
    );
  }
  await askTransmitter(outbound, { method: "POST", url, token, body: { stream_id: streamId, state } });
}

const statusAnswer = z.object({ status: z.enum(STREAM_STATUSES), reason: z.string().nullish().catch(null) });
const LONGEST_REASON = 300;

/** What the transmitter says that a stream does; null where it does not tell. Throws `SignalFailure`. */
export async function readStatus(
  { outbound, configuration, token }: AtTransmitter,
  streamId: string,
): Promise<{ readonly status: StreamStatus; readonly reason: string | null } | null> {
  const { statusEndpoint } = configuration;
  if (statusEndpoint === undefined) {
    return null;
  }
  const { body } = await askTransmitter(outbound, { url: withStream(statusEndpoint, streamId), token });
  const parsed = statusAnswer.safeParse(body);
  if (!parsed.success) {
    return null;
  }
  const { status, reason } = parsed.data;
  return {
    status,
    reason: reason == null ? null : cutText(reason.replaceAll("\u0000", "\ufffd"), LONGEST_REASON),
  };
}

function withStream(endpoint: string, id: string): string {
  const url = new URL(endpoint);
  url.searchParams.set("stream_id", id);
  return url.href;
}

export function endpointOf({ configurationEndpoint }: TransmitterConfiguration): string {
  if (configurationEndpoint === undefined) {
    throw new SignalFailure(
      "transmitter_refused",
      "The transmitter's configuration names no configuration_endpoint: make the stream there by hand.",
    );
  }
  return configurationEndpoint;
}

function requireMethod({ deliveryMethods }: TransmitterConfiguration, method: string): void {
  if (deliveryMethods.length > 0 && !deliveryMethods.includes(method)) {
    throw new SignalFailure(
      "transmitter_refused",
      `The transmitter offers other ways of delivery alone: ${deliveryMethods.join(", ")}.`,
    );
  }
}
