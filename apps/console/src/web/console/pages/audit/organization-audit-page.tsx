import { dataOf } from "../../../api/client.ts";
import { PageHeader } from "../../../components/page-header.tsx";
import { useCatalogue } from "../../../texts/language.tsx";
import { api } from "../../api.ts";
import { useOrganization } from "../../organization.ts";
import { AuditTrail } from "./audit-trail.tsx";
import type { LoadEvents } from "./events.ts";
import { exportOf } from "./export.ts";
import { ExportMenu } from "./export-menu.tsx";
import { ExportProgress } from "./export-progress.tsx";
import { auditTexts } from "./texts.ts";
import { type TrailCalls, TrailState } from "./trail-state.tsx";
import { type OpenTrailExport, useExport } from "./use-export.ts";

/** What was done in the organization. */
export function OrganizationAuditPage() {
  const texts = useCatalogue(auditTexts);
  const { slug } = useOrganization();
  const load: LoadEvents = (query) =>
    dataOf(api.GET("/organizations/{org}/audit-events", { params: { path: { org: slug }, query } }));
  const path = { org: slug };
  const open: OpenTrailExport = (query, signal) =>
    exportOf(
      api.GET("/organizations/{org}/audit-events/export", {
        params: { path, query },
        parseAs: "stream",
        signal,
      }),
    );
  const prove = async (auditEventId: string) => {
    const [proof, { keys }] = await Promise.all([
      dataOf(
        api.GET("/organizations/{org}/audit-events/{auditEventId}/proof", {
          params: { path: { ...path, auditEventId } },
        }),
      ),
      trail.load(),
    ]);
    return { proof, jwk: keys.find(({ id }) => id === proof.seal.keyId)?.publicJwk };
  };
  const exported = useExport({ open, name: slug });
  const trail: TrailCalls = {
    load: () => dataOf(api.GET("/organizations/{org}/audit-trail", { params: { path } })),
    verify: () => dataOf(api.POST("/organizations/{org}/audit-trail/verifications", { params: { path } })),
  };
  return (
    <>
      <PageHeader title={texts.title} lead={texts.organizationLead} act={<ExportMenu {...exported} />} />
      <ExportProgress {...exported} />
      <TrailState name={slug} calls={trail} />
      <AuditTrail name={slug} load={load} prove={prove} />
    </>
  );
}
