export { type ConsoleVisitors, createConsoleVisitors } from "./access/visitors.ts";
export { type ConsoleDeps, consoleApplication, createConsole } from "./console.ts";
