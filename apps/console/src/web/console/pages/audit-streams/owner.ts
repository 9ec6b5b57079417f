import { linkOptions } from "@tanstack/react-router";
import { use } from "react";
import { dataOf, type Schemas } from "../../../api/client.ts";
import { api } from "../../api.ts";
import { OrganizationContext } from "../../organization.ts";
import { useMay } from "../../session.ts";

export type Stream = Schemas["AuditStream"];
export type NewStream = Schemas["NewAuditStream"];
/** One that administrators made: the other is the environment's. */
export type CollectorStream = Stream & Pick<NewStream, "destination">;
export type StreamPatch = Schemas["AuditStreamPatch"];
type Page = { readonly cursor?: string; readonly limit?: number };

export function isOfCollector(stream: Stream): stream is CollectorStream {
  return stream.destination.type !== "clickhouse";
}

/** Whose streams the page shows: an organization's, by its slug, or (null) those of all organizations' events. */
export function useOwner() {
  const org = use(OrganizationContext)?.slug ?? null;
  const mayWrite = useMay(org === null ? "gateway_audit_streams.write" : "audit_streams.write");
  return { org, mayWrite, streams: org === null ? gatewayStreams : streamsOf(org) };
}

export const auditLink = (org: string | null) =>
  org === null
    ? linkOptions({ to: "/audit" })
    : linkOptions({ to: "/organizations/$org/audit", params: { org } });

/** The operations on the streams of one owner, whichever it is. */
interface Streams {
  list(query: Page): Promise<{ items: Stream[]; nextCursor: string | null }>;
  create(body: NewStream): Promise<Stream>;
  update(id: string, body: StreamPatch): Promise<Stream>;
  test(id: string): Promise<unknown>;
  remove(id: string): Promise<unknown>;
}

function streamsOf(org: string): Streams {
  const of = (auditStreamId: string) => ({ path: { org, auditStreamId } });
  const one = "/organizations/{org}/audit-streams/{auditStreamId}";
  return {
    list: (query) =>
      dataOf(api.GET("/organizations/{org}/audit-streams", { params: { path: { org }, query } })),
    create: (body) =>
      dataOf(api.POST("/organizations/{org}/audit-streams", { params: { path: { org } }, body })),
    update: (id, body) => dataOf(api.PATCH(one, { params: of(id), body })),
    test: (id) => dataOf(api.POST(`${one}/test`, { params: of(id) })),
    remove: (id) => dataOf(api.DELETE(one, { params: of(id) })),
  };
}

const ofGateway = (gatewayAuditStreamId: string) => ({ path: { gatewayAuditStreamId } });
const oneOfGateway = "/audit-streams/{gatewayAuditStreamId}";
const gatewayStreams: Streams = {
  list: (query) => dataOf(api.GET("/audit-streams", { params: { query } })),
  create: (body) => dataOf(api.POST("/audit-streams", { body })),
  update: (id, body) => dataOf(api.PATCH(oneOfGateway, { params: ofGateway(id), body })),
  test: (id) => dataOf(api.POST(`${oneOfGateway}/test`, { params: ofGateway(id) })),
  remove: (id) => dataOf(api.DELETE(oneOfGateway, { params: ofGateway(id) })),
};
