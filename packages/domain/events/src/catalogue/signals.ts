import { z } from "zod";
import { changed, facts, id, list, nullable, text } from "./fact.ts";

const settings = {
  delivery: z.enum(["push", "poll"]),
  endpointUrl: nullable,
  eventsRequested: list,
  subjectFormat: z.enum(["complex", "iss_sub", "email"]),
};
const ofApplication = z.strictObject({ applicationId: id });
const status = z.strictObject({ status: z.enum(["enabled", "paused", "disabled"]) });

/** Shared Signals. Streams belong to applications, and so to no organization. */
export const signalStreams = facts("signal_stream", "signalStream", {
  created: {
    says: "An application made a stream of security events.",
    after: z.strictObject({ applicationId: id, ...settings }),
  },
  updated: {
    says: "An application changed its stream. What its pushes are authorized by is not told.",
    before: changed(settings),
    after: changed(settings),
    data: ofApplication,
  },
  deleted: {
    says: "An application deleted its stream, or an operator did, and what was still to be delivered.",
    before: z.strictObject({ applicationId: id, ...settings }),
  },
  status_changed: {
    says: "A stream was enabled, paused (events are held) or disabled (events are lost). `by`: its receiver or an operator wanted it, or the gateway had to.",
    before: status,
    after: status,
    data: z.strictObject({
      applicationId: id,
      by: z.enum(["receiver", "gateway", "operator"]),
      reason: nullable,
    }),
  },
  verification_requested: {
    says: "An operator had a verification event sent over a stream.",
    data: ofApplication,
  },
  event_refused: {
    says: "A stream's receiver refused a security event, which is not sent again. `error`: its code (RFC 8935, section 2.4).",
    outcome: "failure",
    data: z.strictObject({ applicationId: id, jti: id, error: text }),
  },
});
