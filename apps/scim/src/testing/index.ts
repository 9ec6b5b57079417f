export { type Answer, send, startScim, type TestDirectory, type TestScim } from "./scim-server.ts";
