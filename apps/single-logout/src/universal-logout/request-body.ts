import { subjectIdentifier } from "@sallyport/idp-signals";
import { z } from "zod";

/** Drafts of Global Token Revocation before the third call it `subject`. */
export const requestBody = z.union([
  z.object({ sub_id: subjectIdentifier }).transform((body) => body.sub_id),
  z.object({ subject: subjectIdentifier }).transform((body) => body.subject),
]);
