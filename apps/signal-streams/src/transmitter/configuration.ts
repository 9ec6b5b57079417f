import { type Stream, SUPPORTED, VERIFICATION_SECONDS } from "@sallyport/shared-signals";
import type { Receiver } from "./authorize.ts";
import { PATHS, pollPath } from "./paths.ts";

export const PUSH = "urn:ietf:rfc:8935";
export const POLL = "urn:ietf:rfc:8936";

/** The Transmitter Configuration Metadata (SSF 1.0, section 7.1; CAEP Interoperability Profile 1.0, section 2.3). */
export function transmitterConfiguration(issuer: string) {
  return {
    spec_version: "1_0",
    issuer,
    jwks_uri: `${issuer}/.well-known/jwks.json`,
    delivery_methods_supported: [PUSH, POLL],
    configuration_endpoint: issuer + PATHS.streams,
    status_endpoint: issuer + PATHS.status,
    add_subject_endpoint: issuer + PATHS.addSubject,
    remove_subject_endpoint: issuer + PATHS.removeSubject,
    verification_endpoint: issuer + PATHS.verify,
    // To take the end of one session for the end of all is harmless, the other way round is not: none is critical.
    authorization_schemes: [{ spec_urn: "urn:ietf:rfc:6749" }],
    default_subjects: "ALL",
  };
}

/** A stream as its receiver sees it (SSF 1.0, section 8.1.1). What authorizes its pushes is told nobody, it included. */
export function streamConfiguration(issuer: string, stream: Stream, { clientId }: Receiver) {
  return {
    stream_id: stream.id,
    iss: issuer,
    aud: clientId,
    delivery:
      stream.delivery === "poll"
        ? { method: POLL, endpoint_url: issuer + pollPath(stream.id) }
        : { method: PUSH, endpoint_url: stream.endpointUrl },
    events_supported: SUPPORTED,
    events_requested: stream.eventsRequested,
    events_delivered: SUPPORTED.filter((type) => stream.eventsRequested.includes(type)),
    min_verification_interval: VERIFICATION_SECONDS,
    format: stream.subjectFormat,
    ...(stream.description === null ? {} : { description: stream.description }),
  };
}

export type StreamConfiguration = ReturnType<typeof streamConfiguration>;
