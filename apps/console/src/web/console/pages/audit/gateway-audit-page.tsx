import { dataOf } from "../../../api/client.ts";
import { PageHeader } from "../../../components/page-header.tsx";
import { useCatalogue } from "../../../texts/language.tsx";
import { api } from "../../api.ts";
import { AuditTrail } from "./audit-trail.tsx";
import type { LoadEvents } from "./events.ts";
import { exportOf } from "./export.ts";
import { ExportMenu } from "./export-menu.tsx";
import { ExportProgress } from "./export-progress.tsx";
import { auditTexts } from "./texts.ts";
import { type TrailCalls, TrailState } from "./trail-state.tsx";
import { type OpenTrailExport, useExport } from "./use-export.ts";

const load: LoadEvents = (query) => dataOf(api.GET("/audit-events", { params: { query } }));

const open: OpenTrailExport = (query, signal) =>
  exportOf(api.GET("/audit-events/export", { params: { query }, parseAs: "stream", signal }));

const trail: TrailCalls = {
  load: () => dataOf(api.GET("/audit-trail")),
  verify: () => dataOf(api.POST("/audit-trail/verifications")),
};

/** What was done to that which belongs to no organization. */
export function GatewayAuditPage() {
  const texts = useCatalogue(auditTexts);
  const exported = useExport({ open, name: "gateway" });
  return (
    <>
      <PageHeader title={texts.title} lead={texts.gatewayLead} act={<ExportMenu {...exported} />} />
      <ExportProgress {...exported} />
      <TrailState name="gateway" calls={trail} />
      <AuditTrail name="gateway" load={load} />
    </>
  );
}
