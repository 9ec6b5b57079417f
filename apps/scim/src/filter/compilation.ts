import type { Quirks } from "../quirks/quirks.ts";
import type { ResourceType } from "../schema/resource-type.ts";
import type { Parameters } from "./parameters.ts";

/** What a filter is compiled against. */
export interface Compilation {
  readonly type: ResourceType;
  readonly quirks: Quirks;
  readonly parameters: Parameters;
}
