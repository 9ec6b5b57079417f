export {
  type Candidates,
  type Connection,
  type ConnectionRow,
  findCandidates,
  findConnection,
  type OidcConnection,
  parseConnection,
  type SamlConnection,
  type Selector,
} from "./find.ts";
export { CONNECTION_PROVIDERS, type ConnectionProvider, connectionProvider } from "./provider.ts";
export {
  type ConnectionSettings,
  type ConnectionType,
  clientSecretContext,
  groupsDelimiter,
  type OidcSettings,
  oidcSettings,
  parseConnectionSettings,
  type SamlSettings,
  type SubjectMatches,
  samlAttributeNames,
  samlSettings,
  subjectMatches,
} from "./settings.ts";
export { isSecureUrl, oidcRedirectUri, type SamlServiceProvider, samlServiceProvider } from "./urls.ts";
