/** Largest body, in bytes: a group of 100,000 members in one PUT fits; beyond it the answer is 413. */
export const MAX_BODY_BYTES = 10 * 1024 * 1024;
/** Deepest nesting of a body: more than any resource has, less than any stack takes. */
export const MAX_BODY_DEPTH = 32;
export const MAX_BULK_OPERATIONS = 1000;
