import { z } from "zod";
import { changed, count, facts, text, time } from "./fact.ts";

// A URL may hold a secret in its path or query: its host tells which receiver it is.
const stream = {
  name: text,
  type: z.enum(["splunk", "datadog", "http", "s3", "clickhouse"]),
  host: text,
  enabled: z.boolean(),
};

export const auditStreams = facts("audit_stream", "auditStream", {
  created: {
    says: "Events are sent to a collector from now on. Belongs to no organization where all organizations' are; so do the others.",
    after: z.strictObject(stream),
  },
  updated: {
    says: "An audit stream changed. `secretReplaced`: it has another secret.",
    before: changed(stream),
    after: changed({ ...stream, secretReplaced: z.literal(true) }),
  },
  tested: {
    says: "Somebody had a test event sent by an audit stream: this one.",
    data: z.strictObject({ message: text }),
  },
  failing: {
    says: "An audit stream has delivered nothing for a quarter of an hour. What there is waits, and it is tried again.",
    outcome: "failure",
    data: z.strictObject({ since: time, error: text }),
  },
  recovered: { says: "An audit stream that was told to fail delivers again." },
  events_missed: {
    says: "Events were deleted before an audit stream could deliver them: those between the two numbers.",
    outcome: "failure",
    data: z.strictObject({ after: count, before: count }),
  },
  deleted: {
    says: "An audit stream was deleted: nothing more is sent.",
    before: z.strictObject(stream),
  },
});
