import type { Loop } from "../../loop.ts";
import type { WorkerServices } from "../../services.ts";
import { createSender } from "./sender.ts";

/** Sends events to the collectors of those who asked for it, and to the operator's ClickHouse. */
export const auditStreamsLoop: Loop<
  Pick<WorkerServices, "database" | "secrets" | "deliveryOutbound" | "clickhouse" | "log" | "now">
> = {
  name: "audit-streams",
  everyMs: 1_000,
  create: (services) => createSender({ ...services, outbound: services.deliveryOutbound }),
};
