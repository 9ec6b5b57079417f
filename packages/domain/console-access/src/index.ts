/** Who may use the console, and their sessions there: the only writer of console roles and console sessions. */
export {
  administratorsAmong,
  CONSOLE_ROLES,
  type ConsoleRole,
  giveConsoleRole,
  isRoleOf,
  takeConsoleRole,
} from "./roles.ts";
export {
  type ConsolePerson,
  type ConsoleSession,
  createConsoleSession,
  endConsoleSession,
  findConsoleRole,
  findConsoleSession,
  type NewConsoleSession,
} from "./sessions.ts";
