import type { z } from "zod";
import { Problem } from "./problem.ts";

/** Parses input from outside by a schema, or throws a 400 `Problem` that names every field that is wrong. */
export function parseInput<Schema extends z.ZodType>(schema: Schema, input: unknown): z.output<Schema> {
  const result = schema.safeParse(input);
  if (result.success) {
    return result.data;
  }
  const errors = result.error.issues.map((issue) => ({
    field: issue.path.join(".") || "(body)",
    message: issue.message,
  }));
  const named = errors.map((error) => `${error.field}: ${error.message}`).join("; ");
  throw new Problem(400, "input_invalid", `The request is not valid. ${named}`, {
    errors,
    cause: result.error,
  });
}
