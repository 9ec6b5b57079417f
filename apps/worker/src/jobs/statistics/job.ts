import { analyzeGrownTables, type PlannedRows } from "@sallyport/database";
import type { Loop } from "../../loop.ts";
import type { WorkerServices } from "../../services.ts";

/** Tells the planner of tables that have grown, before statements that were planned for few rows meet many. */
export const statisticsLoop: Loop<Pick<WorkerServices, "database">> = {
  name: "statistics",
  everyMs: 1_000,
  create: ({ database }) => {
    const planned: PlannedRows = new Map();
    return async () => {
      await analyzeGrownTables(database.sql, planned);
    };
  },
};
