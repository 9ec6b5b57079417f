/**
 * Directories: their settings, what is pushed into them, and the queue of what is to be reconciled.
 *
 * - `directories.ts`, `access/`: what an administrator makes, changes and ends; the tokens and OAuth clients of SCIM clients
 * - `push/`: what a SCIM request writes (`@sallyport/directories/push`)
 * - `dirty/mark.ts`: whoever changes what the reconciler must see leaves a mark, in the same transaction
 * - `dirty/users.ts`, `dirty/groups.ts`: the reconciler takes marks, and passes those of groups on to their members
 * - `nesting/`: groups in groups, as the closure that the worker keeps
 * - `pending/`: members of groups that were pushed before they came
 * - `review.ts`: a directory that pushes, and by which nobody's access goes yet
 * - `erasure/`: what a directory told of a person, deleted; and taken out of the request log
 * - `retention.ts`: the oldest of the request log goes after a time
 * - `settings.ts`, `provider.ts`: what an administrator sets, by preset
 */
export {
  createClient,
  issueAccessToken,
  revokeClient,
} from "./access/clients.ts";
export { createToken, revokeToken, touchToken } from "./access/tokens.ts";
export { createDirectory, deleteDirectory, deleteIdentifiers, updateDirectory } from "./directories.ts";
export { type Batch, START } from "./dirty/batch.ts";
export { propagateGroups } from "./dirty/groups.ts";
export { markGroups, markIdentifiedUsers, markUsers } from "./dirty/mark.ts";
export { deleteTombstones, type PushedUser, readPushedUsers, takeDirtyUsers } from "./dirty/users.ts";
export { emailValues } from "./email-values.ts";
export {
  eraseFromRequests,
  type FoundRequest,
  type RequestContent,
  type RequestCursor,
} from "./erasure/requests.ts";
export {
  type DirectoryPerson,
  directoryIdsOf,
  eraseDirectoryUsers,
  readDirectoryPerson,
} from "./erasure/users.ts";
export { updateAncestors } from "./nesting/ancestors.ts";
export { MAX_ANCESTORS, MAX_DEPTH, MAX_PARENTS, NESTING_LIMITS } from "./nesting/closure.ts";
export { groupsOf } from "./nesting/groups-of.ts";
export { admitUsers } from "./pending/members.ts";
export { DIRECTORY_PROVIDERS, type DirectoryProvider, directoryProvider } from "./provider.ts";
export { countRequestsBefore, deleteOldRequests } from "./retention.ts";
export { activateDirectory, endReview } from "./review.ts";
export {
  type DirectorySettings,
  directorySettings,
  type ExtensionAttribute,
  type ExtensionSchema,
} from "./settings.ts";
