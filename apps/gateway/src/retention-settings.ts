import {
  DEFAULT_BOUNDS,
  RETENTION_KINDS,
  type RetentionBounds,
  type RetentionKind,
} from "@sallyport/erasure";
import { z } from "zod";

const isKind = (text: string): text is RetentionKind => RETENTION_KINDS.some((kind) => kind === text);
const BOUND = /^(\w+)=(\d{1,5})-(\d{1,5})?$/;

/** Within how many days organizations may choose: `loginRecords=7-90,auditEvents=365-`. What is left out has its usual bounds. */
export const retentionBounds = z.string().transform((text, context): RetentionBounds => {
  const bounds = { ...DEFAULT_BOUNDS };
  for (const item of text.split(",")) {
    const [, name = "", least, most] = BOUND.exec(item.trim()) ?? [];
    const bound = { least: Number(least), most: most === undefined ? null : Number(most) };
    if (!isKind(name) || (bound.most !== null && bound.most < bound.least)) {
      context.addIssue({
        code: "custom",
        message: `must be days of ${RETENTION_KINDS.join(", ")}, from and to, such as loginRecords=7-90,auditEvents=365-`,
      });
      return z.NEVER;
    }
    bounds[name] = bound;
  }
  return bounds;
});
