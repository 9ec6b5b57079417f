import type { Schemas } from "../../../api/client.ts";

export type Intent = Schemas["SetupIntent"];

/** What a setup link may be for, in the order of the setup portal. */
export const INTENTS = ["sso", "domain", "directory", "certificate"] as const satisfies readonly Intent[];

const NAMES: ReadonlySet<string> = new Set(INTENTS);

export const isIntent = (name: string): name is Intent => NAMES.has(name);
