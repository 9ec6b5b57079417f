import { type Endpoint, gatewayEndpoint } from "../../api/endpoint.ts";
import { queueHealth, queueRetry, retried } from "./schema.ts";
import { readQueueHealth, retryQueue } from "./store.ts";

const tag = "Health";

export const queueHealthEndpoints: readonly Endpoint[] = [
  gatewayEndpoint({
    operationId: "getQueueHealth",
    method: "get",
    path: "/health/queues",
    permission: "queues.read",
    tag,
    summary: "Tell how deep the queues are, what failed in them, and how far behind the reconciler is",
    status: 200,
    reply: queueHealth,
    handle: (call) => readQueueHealth(call),
  }),
  gatewayEndpoint({
    operationId: "retryQueue",
    method: "post",
    path: "/health/queues/retry",
    permission: "queues.write",
    tag,
    summary: "Have the failed jobs of a queue done again",
    body: queueRetry,
    status: 200,
    reply: retried,
    errors: ["queue_unknown"],
    handle: (call) => retryQueue(call, call.body.queue),
  }),
];
