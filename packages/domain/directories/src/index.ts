export { updateAncestors } from "./nesting/ancestors.ts";
export { MAX_ANCESTORS, MAX_DEPTH } from "./nesting/closure.ts";
export { groupsOf } from "./nesting/groups-of.ts";
export { DIRECTORY_PROVIDERS, type DirectoryProvider, directoryProvider } from "./provider.ts";
export {
  type DirectorySettings,
  directorySettings,
  type ExtensionAttribute,
  type ExtensionSchema,
} from "./settings.ts";
