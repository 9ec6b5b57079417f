import { type Endpoint, gatewayEndpoint } from "../../api/endpoint.ts";
import { pageOf } from "../../api/page.ts";
import { signalStream, signalStreamDetails, statusChange, streamPageQuery } from "./schema.ts";
import {
  deleteSignalStream,
  getSignalStream,
  listSignalStreams,
  setSignalStreamStatus,
  verifySignalStream,
} from "./store.ts";

const tag = "Signal streams";
const ofApplication = "/applications/{applicationId}/signal-streams";
const ofOne = `${ofApplication}/{signalStreamId}` as const;

/** Applications make their streams by Shared Signals themselves: operators see how they get on, and stop them. */
export const signalStreamEndpoints: readonly Endpoint[] = [
  gatewayEndpoint({
    operationId: "listSignalStreams",
    method: "get",
    path: "/signal-streams",
    permission: "applications.read",
    tag,
    summary: "List the streams of security events of all applications, those that need attention first",
    query: streamPageQuery,
    status: 200,
    reply: pageOf(signalStream),
    handle: (call) => listSignalStreams(call, {}, call.query),
  }),
  gatewayEndpoint({
    operationId: "listApplicationSignalStreams",
    method: "get",
    path: ofApplication,
    permission: "applications.read",
    tag,
    summary: "List an application's streams of security events, those that need attention first",
    query: streamPageQuery,
    status: 200,
    reply: pageOf(signalStream),
    handle: (call) => listSignalStreams(call, { applicationId: call.params.applicationId }, call.query),
  }),
  gatewayEndpoint({
    operationId: "getSignalStream",
    method: "get",
    path: ofOne,
    permission: "applications.read",
    tag,
    summary: "Get a stream of security events, with what became of the last events",
    status: 200,
    reply: signalStreamDetails,
    handle: (call) => getSignalStream(call, call.params.applicationId, call.params.signalStreamId),
  }),
  gatewayEndpoint({
    operationId: "setSignalStreamStatus",
    method: "post",
    path: `${ofOne}/status`,
    permission: "applications.write",
    tag,
    summary: "Enable, pause or disable a stream; its receiver is told by a stream-updated event",
    description:
      "What an operator paused or disabled, an operator enables again. A push that failed is tried at once.",
    body: statusChange,
    status: 200,
    reply: signalStreamDetails,
    handle: (call) =>
      setSignalStreamStatus(call, call.params.applicationId, call.params.signalStreamId, call.body),
  }),
  gatewayEndpoint({
    operationId: "verifySignalStream",
    method: "post",
    path: `${ofOne}/verification`,
    permission: "applications.write",
    tag,
    summary: "Have a verification event sent over a stream, behind what waits",
    status: 204,
    errors: ["signal_stream_disabled", "signal_verification_too_soon"],
    handle: (call) => verifySignalStream(call, call.params.applicationId, call.params.signalStreamId),
  }),
  gatewayEndpoint({
    operationId: "deleteSignalStream",
    method: "delete",
    path: ofOne,
    permission: "applications.write",
    tag,
    summary: "Delete a stream, with what was still to be delivered; its application may make another",
    status: 204,
    handle: (call) => deleteSignalStream(call, call.params.applicationId, call.params.signalStreamId),
  }),
];
