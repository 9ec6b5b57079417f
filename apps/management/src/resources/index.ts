import type { Endpoint } from "../api/endpoint.ts";
import type { ManagementApiDeps } from "../deps.ts";
import { accessPolicyEndpoints } from "./access-policy/routes.ts";
import { apiKeyEndpoints } from "./api-keys/routes.ts";
import { applicationEndpoints } from "./applications/routes.ts";
import { auditEventEndpoints } from "./audit-events/routes.ts";
import { gatewayAuditStreamEndpoints } from "./audit-streams/gateway-routes.ts";
import { auditStreamEndpoints } from "./audit-streams/routes.ts";
import { auditTrailEndpoints } from "./audit-trail/routes.ts";
import { conflictEndpoints } from "./conflicts/routes.ts";
import { connectionDraftEndpoints } from "./connection-drafts/routes.ts";
import { connectionKeyEndpoints } from "./connection-keys/routes.ts";
import { connectionSignalEndpoints } from "./connection-signals/routes.ts";
import { connectionMetadataEndpoints } from "./connections/metadata/routes.ts";
import { connectionEndpoints } from "./connections/routes.ts";
import { directoryEndpoints } from "./directories/routes.ts";
import { directoryGroupEndpoints } from "./directory-groups/routes.ts";
import { directoryUserEndpoints } from "./directory-users/routes.ts";
import { domainEndpoints } from "./domains/routes.ts";
import { encryptionKeyEndpoints } from "./encryption-keys/routes.ts";
import { erasureEndpoints } from "./erasure/routes.ts";
import { eventEndpoints } from "./events/routes.ts";
import { groupMappingEndpoints } from "./group-mappings/routes.ts";
import { guardEndpoints } from "./guards/routes.ts";
import { heldChangeEndpoints } from "./held-changes/routes.ts";
import { idpInspectionEndpoints } from "./idp-inspections/routes.ts";
import { loginRecordEndpoints } from "./login-records/routes.ts";
import { logoEndpoints } from "./logos/routes.ts";
import { memberEndpoints } from "./members/routes.ts";
import { organizationEndpoints } from "./organizations/routes.ts";
import { overviewEndpoints } from "./overview/routes.ts";
import { queueHealthEndpoints } from "./queue-health/routes.ts";
import { reservedSlugEndpoints } from "./reserved-slugs/routes.ts";
import { retentionEndpoints } from "./retention/routes.ts";
import { roleEndpoints } from "./roles/routes.ts";
import { scimRequestEndpoints } from "./scim-requests/routes.ts";
import { searchEndpoints } from "./search/routes.ts";
import { sessionEndpoints } from "./sessions/routes.ts";
import { setupLinkEndpoints } from "./setup-links/routes.ts";
import { signalStreamEndpoints } from "./signal-streams/routes.ts";
import { signingKeyEndpoints } from "./signing-keys/routes.ts";
import { statisticsEndpoints } from "./statistics/routes.ts";
import { testLoginEndpoints } from "./test-logins/routes.ts";
import { webhookEndpointEndpoints } from "./webhook-endpoints/routes.ts";

/** Every operation of the API, in the order in which the document shows them. */
export function endpointsOf(
  deps: Partial<Pick<ManagementApiDeps, "signingKeys" | "levels" | "now">>,
): readonly Endpoint[] {
  return [
    ...organizationEndpoints,
    ...logoEndpoints,
    ...searchEndpoints,
    ...reservedSlugEndpoints,
    ...domainEndpoints,
    ...connectionEndpoints,
    ...connectionMetadataEndpoints,
    ...connectionDraftEndpoints,
    ...connectionKeyEndpoints,
    ...connectionSignalEndpoints,
    ...idpInspectionEndpoints(deps),
    ...testLoginEndpoints,
    ...loginRecordEndpoints,
    ...directoryEndpoints,
    ...directoryUserEndpoints,
    ...directoryGroupEndpoints,
    ...scimRequestEndpoints,
    ...groupMappingEndpoints,
    ...accessPolicyEndpoints,
    ...roleEndpoints,
    ...memberEndpoints,
    ...erasureEndpoints,
    ...conflictEndpoints,
    ...heldChangeEndpoints,
    ...guardEndpoints,
    ...retentionEndpoints,
    ...sessionEndpoints,
    ...auditEventEndpoints,
    ...auditTrailEndpoints,
    ...overviewEndpoints,
    ...eventEndpoints,
    ...auditStreamEndpoints,
    ...gatewayAuditStreamEndpoints,
    ...statisticsEndpoints,
    ...setupLinkEndpoints,
    ...webhookEndpointEndpoints,
    ...applicationEndpoints,
    ...signalStreamEndpoints,
    ...apiKeyEndpoints,
    ...signingKeyEndpoints(deps.signingKeys),
    ...encryptionKeyEndpoints,
    ...queueHealthEndpoints,
  ];
}
