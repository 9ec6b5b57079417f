export { DIRECTORY_PROVIDERS, type DirectoryProvider, directoryProvider } from "./provider.ts";
export {
  type DirectorySettings,
  directorySettings,
  type ExtensionAttribute,
  type ExtensionSchema,
} from "./settings.ts";
