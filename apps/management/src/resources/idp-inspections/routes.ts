import { type Endpoint, organizationEndpoint } from "../../api/endpoint.ts";
import type { ManagementApiDeps } from "../../deps.ts";
import { createInspect } from "./inspect.ts";
import { idpInspection, newIdpInspection } from "./schema.ts";

/** @param deps with what limits how many there may be */
export function idpInspectionEndpoints(
  deps: Partial<Pick<ManagementApiDeps, "levels" | "now">>,
): readonly Endpoint[] {
  const inspect = createInspect(deps);
  return [
    organizationEndpoint({
      operationId: "inspectIdp",
      method: "post",
      path: "/organizations/{org}/idp-inspections",
      permission: "connections.write",
      tag: "Connections",
      summary: "Ask an identity provider what it says of itself",
      description:
        "Reads the discovery document of an issuer, or SAML metadata, as a connection would, and reports what is wrong with it. Nothing is stored. Thirty requests at once, then one every two seconds.",
      body: newIdpInspection,
      status: 200,
      reply: idpInspection,
      errors: ["idp_inspections_too_many"],
      handle: (call) => inspect(call, call.organization.id, call.body),
    }),
  ];
}
