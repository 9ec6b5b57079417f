export { addFollowedConnection, type FollowingOptions } from "./followed-connection.ts";
export { type MetadataServer, startMetadataServer } from "./metadata-server.ts";
