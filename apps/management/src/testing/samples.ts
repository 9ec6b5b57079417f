import { CHANGE } from "./world.ts";

/** The query of each operation that does nothing without one. */
export const SAMPLE_QUERIES: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  matchGroups: { group: "Engineering" },
  search: { q: "bravo" },
};

const RETENTION = { deletedPeople: 90, loginRecords: 60, scimRequests: 60, sessions: 7, auditEvents: 400 };
const AUDIT_STREAM = {
  name: "SIEM",
  destination: { type: "http", url: "https://siem.example.com/in" },
  secret: "Bearer abc",
};

/** A valid body for each operation that takes one; `tag` makes what must be unique so. */
export function sampleBodies(tag: string): Readonly<Record<string, unknown>> {
  return {
    createOrganization: { slug: `org-${tag}`, name: "Organization" },
    updateOrganization: { name: "Renamed" },
    setLogo: {
      image:
        "iVBORw0KGgoAAAANSUhEUgAAAAQAAAACCAIAAADwyuo0AAAACXBIWXMAAAPoAAAD6AG1e1JrAAAAEElEQVQImWPgjumHIwZkDgBf6gexdhtKkQAAAABJRU5ErkJggg==",
    },
    addDomain: { name: `${tag}.example.com` },
    inspectIdp: { issuer: "https://login.microsoftonline.com/common/v2.0" },
    createConnection: {
      type: "oidc",
      name: "Connection",
      oidc: { issuer: "https://idp.example.com", clientId: "gateway", clientSecret: "secret" },
    },
    updateConnection: { name: "Renamed" },
    saveConnectionDraft: { provider: "okta" },
    activateConnectionDraft: { untested: true },
    applyHeldBackMetadata: { digest: CHANGE.digest },
    activateConnectionKey: { force: true },
    createDirectory: { name: "Directory" },
    updateDirectory: { name: "Renamed" },
    createDirectoryToken: {},
    replaceGroupMappings: [{ group: `Group ${tag}`, role: "admin" }],
    planGroupMappings: [{ group: `Group ${tag}`, role: "admin" }],
    updateAccessPolicy: { defaultRole: "admin" },
    planAccessPolicy: { defaultRole: "admin" },
    createRole: { key: `role-${tag}`, name: "Role" },
    updateRole: { permissions: ["docs:read"] },
    addMember: { email: `${tag}@example.com` },
    updateMember: { roles: ["admin"] },
    setConsoleRole: { role: "organizationViewer" },
    resolveConflict: { action: "keepApart" },
    replaceGuard: { share: 50, people: 100, minutes: 30 },
    replaceDirectoryGuard: { share: 10, people: 5, minutes: 60 },
    replaceConnectionGuard: { share: 10, people: 5, minutes: 60 },
    replaceConnectionSignalStream: { mode: "poll", accessToken: "given-by-the-transmitter" },
    createAuditStream: AUDIT_STREAM,
    updateAuditStream: { name: "Renamed" },
    createGatewayAuditStream: AUDIT_STREAM,
    updateGatewayAuditStream: { enabled: false },
    createWebhookEndpoint: {
      url: "https://hooks.example.com/events",
      organization: "acme",
      types: ["role.*"],
    },
    updateWebhookEndpoint: { types: ["role.created", "membership.*"] },
    rotateWebhookSecret: {},
    replayWebhookDeliveries: { since: "2030-01-01T00:00:00Z" },
    replaceRetention: RETENTION,
    planRetention: RETENTION,
    createApplication: { name: "Application", redirectUris: ["https://app.example.com/callback"] },
    updateApplication: { name: "Renamed" },
    setSignalStreamStatus: { status: "paused", reason: "Maintenance" },
    createSetupLink: { intents: ["sso"] },
    saveSetupProgress: { progress: { step: "test" } },
    createApiKey: { name: "Key" },
    rotateSigningKeys: {},
    retryQueue: { queue: "reconcile" },
  };
}
