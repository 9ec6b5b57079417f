import { auditStreams } from "./audit-streams.ts";
import { connections } from "./connections.ts";
import { directories, directoryGroups, directoryUsers } from "./directories.ts";
import {
  accessPolicies,
  conflicts,
  erasures,
  guards,
  heldChanges,
  identities,
  memberships,
  retentions,
  roleBindings,
  users,
} from "./people.ts";
import { consoleSessions, sessions, signIns } from "./sign-ins.ts";
import { signalStreams } from "./signals.ts";
import {
  apiKeys,
  applications,
  auditKeys,
  auditTrails,
  consoleRoles,
  domains,
  encryptionKeys,
  groupMappings,
  organizations,
  queues,
  roles,
  setupLinks,
  signingKeys,
} from "./tenants.ts";
import { webhookEndpoints } from "./webhooks.ts";

/**
 * Every fact that there is, by its type: `<resource>.<what happened to it>`. Closed: what is not here cannot be recorded.
 */
export const catalogue = {
  ...organizations,
  ...domains,
  ...connections,
  ...directories,
  ...directoryUsers,
  ...directoryGroups,
  ...users,
  ...identities,
  ...memberships,
  ...erasures,
  ...roles,
  ...roleBindings,
  ...conflicts,
  ...heldChanges,
  ...guards,
  ...accessPolicies,
  ...retentions,
  ...groupMappings,
  ...sessions,
  ...signIns,
  ...consoleRoles,
  ...consoleSessions,
  ...applications,
  ...signalStreams,
  ...apiKeys,
  ...setupLinks,
  ...signingKeys,
  ...encryptionKeys,
  ...auditTrails,
  ...auditKeys,
  ...queues,
  ...webhookEndpoints,
  ...auditStreams,
} as const;

export type Catalogue = typeof catalogue;
export type EventType = keyof Catalogue;
