export {
  type Candidates,
  type Connection,
  connectionExists,
  findCandidates,
  findConnection,
  type OidcConnection,
  parseConnection,
  type SamlConnection,
  type Selector,
  type StoredConnection,
} from "./find.ts";
export { CONNECTION_PROVIDERS, type ConnectionProvider, connectionProvider } from "./provider.ts";
export {
  type AnySettings,
  type ClientAuthentication,
  type ConnectionSettings,
  type ConnectionType,
  clientAuthentication,
  clientSecretContext,
  groupsDelimiter,
  type OidcSettings,
  oidcSettings,
  parseConnectionSettings,
  type SamlSettings,
  type SignalTransmitter,
  type SubjectMatches,
  samlAttributeNames,
  samlSettings,
  subjectMatches,
} from "./settings.ts";
export {
  isSecureUrl,
  oidcJwksUri,
  oidcLogoutUrls,
  oidcRedirectUri,
  type SamlServiceProvider,
  samlServiceProvider,
  signalEventsPath,
} from "./urls.ts";
export { isReplay, type OneTimeMessage, useAssertionStatement, useMessage } from "./used-messages.ts";
export {
  activateDraft,
  type ConnectionVersion,
  discardDraft,
  findVersion,
  revertConnection,
  saveDraft,
} from "./versions.ts";
export {
  createConnection,
  deleteConnection,
  type NewConnection,
  type ReadSettings,
  updateConnection,
} from "./write.ts";
