export {
  type Configuration,
  ConfigurationError,
  type Environment,
  readConfiguration,
} from "./configuration.ts";
export { type GatewayOptions, type RunningGateway, startGateway } from "./gateway.ts";
export { ROLES, type Role } from "./process-roles.ts";
export { environmentSchema } from "./variables.ts";
