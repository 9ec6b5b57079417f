/**
 * Roles: the only writer of an organization's roles, and of which groups are mapped to them. Who has a role, by hand or by
 * a mapping, is written by domain/people.
 */
export {
  endMappingsOfDirectory,
  findNamedGroups,
  type GroupMapping,
  groupKey,
  identityOf,
  type MappingRefusal,
  planMappings,
  readGroupMappings,
  replaceGroupMappings,
} from "./group-mappings.ts";
export {
  createFirstRoles,
  createRole,
  deleteRole,
  MEMBER_ROLE,
  type RoleSettings,
  rolesByKey,
  updateRole,
} from "./roles.ts";
