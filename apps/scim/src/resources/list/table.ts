import type { Directory } from "../../directory/directory.ts";
import type { JsonObject } from "../../protocol/json.ts";
import type { Projection } from "../../protocol/projection.ts";
import type { ResourceType } from "../../schema/resource-type.ts";
import type { Services } from "../services.ts";

/** What every row has, whichever resource it holds. */
export interface KeyedRow {
  readonly id: string;
  readonly created_at: Date;
}

/** How a list reads one type of resource. */
export interface Table<Row extends KeyedRow> {
  readonly name: string;
  type(directory: Directory): ResourceType;
  /** Whether what a row then holds is small: a group with all its members is too much to wait for, and to hold, with others. */
  isSmall(projection: Projection): boolean;
  /** The select list for what the projection wants, and nothing more. */
  columns(projection: Projection): string;
  render(row: Row, directory: Directory, services: Services): JsonObject;
}
