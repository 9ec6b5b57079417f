export { type BasicCredentials, basicCredentials, clientCredentials } from "./basic.ts";
export { bearerToken } from "./bearer.ts";
export { challenge } from "./challenge.ts";
export { OAuthError, type OAuthErrorCode, type OAuthErrorDocument } from "./error.ts";
