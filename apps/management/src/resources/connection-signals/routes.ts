import { type Endpoint, organizationEndpoint } from "../../api/endpoint.ts";
import { newSignalStream, signalState } from "./schema.ts";
import { check, getState, remove, replace, verify } from "./store.ts";

const tag = "Connection signals";

export const connectionSignalEndpoints: readonly Endpoint[] = [
  organizationEndpoint({
    operationId: "getConnectionSignals",
    method: "get",
    path: "/organizations/{org}/connections/{connectionId}/signals",
    permission: "connections.read",
    tag,
    summary: "Get how a connection hears of its identity provider's security events",
    status: 200,
    reply: signalState,
    handle: (call) => getState(call, call.organization.id, call.params.connectionId),
  }),
  organizationEndpoint({
    operationId: "checkConnectionSignals",
    method: "post",
    path: "/organizations/{org}/connections/{connectionId}/signals/check",
    permission: "connections.write",
    tag,
    summary: "Read the transmitter's configuration, and the status of the stream, now",
    description:
      "Both are looked at by themselves, too: the configuration each hour, as far as it is needed.",
    status: 200,
    reply: signalState,
    errors: [
      "signals_not_set",
      "transmitter_unavailable",
      "transmitter_unauthorized",
      "transmitter_refused",
      "transmitter_invalid",
    ],
    handle: (call) => check(call, call.organization.id, call.params.connectionId),
  }),
  organizationEndpoint({
    operationId: "replaceConnectionSignalStream",
    method: "put",
    path: "/organizations/{org}/connections/{connectionId}/signals/stream",
    permission: "connections.write",
    tag,
    summary: "Have the gateway make the stream at the transmitter, in place of the one that it made before",
    description:
      "The transmitter is then asked for a verification event: `lastVerifiedAt` tells when it came. The stream before it is deleted there.",
    body: newSignalStream,
    status: 200,
    reply: signalState,
    errors: [
      "signals_not_set",
      "transmitter_unavailable",
      "transmitter_unauthorized",
      "transmitter_refused",
      "transmitter_invalid",
      "changed_meanwhile",
    ],
    handle: (call) => replace(call, call.organization.id, call.params.connectionId, call.body),
  }),
  organizationEndpoint({
    operationId: "verifyConnectionSignalStream",
    method: "post",
    path: "/organizations/{org}/connections/{connectionId}/signals/stream/verify",
    permission: "connections.write",
    tag,
    summary: "Ask the transmitter for a verification event",
    status: 200,
    reply: signalState,
    errors: [
      "signals_not_set",
      "signal_stream_missing",
      "transmitter_unavailable",
      "transmitter_unauthorized",
      "transmitter_refused",
      "transmitter_invalid",
    ],
    handle: (call) => verify(call, call.organization.id, call.params.connectionId),
  }),
  organizationEndpoint({
    operationId: "removeConnectionSignalStream",
    method: "delete",
    path: "/organizations/{org}/connections/{connectionId}/signals/stream",
    permission: "connections.write",
    tag,
    summary: "Remove the stream that the gateway made at the transmitter",
    description:
      "It counts no more at once, and the worker deletes it at the transmitter. The same happens where `signals` is taken away or names another issuer, and where the connection is deleted.",
    status: 204,
    errors: ["signal_stream_missing"],
    handle: (call) => remove(call, call.organization.id, call.params.connectionId),
  }),
];
