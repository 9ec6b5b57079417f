/** Largest body, in bytes: a group of 100,000 members in one PUT fits; beyond it the answer is 413. */
export const MAX_BODY_BYTES = 10 * 1024 * 1024;
/** Largest body of a request that is about users or searches. */
export const MAX_PLAIN_BODY_BYTES = 1024 * 1024;
export const MAX_BULK_BYTES = 4 * 1024 * 1024;
/** The limit of what one request says of one resource, except a group's members: UTF-16 units of text, and values. */
export const MAX_INPUT_CHARACTERS = MAX_PLAIN_BODY_BYTES;
export const MAX_INPUT_VALUES = 50_000;
/** The limit of what is stored of one resource, except a group's members: bytes of JSON, and values. */
export const MAX_RESOURCE_BYTES = 256 * 1024;
export const MAX_RESOURCE_VALUES = 10_000;
/** Bytes of JSON of a page of a list, as stored; a resource beyond comes alone. */
export const MAX_PAGE_BYTES = 1024 * 1024;
/** Names in `attributes` or `excludedAttributes`. */
export const MAX_PROJECTED_NAMES = 200;
/** Bytes of a body that any number of requests may have at once: a rate limit's burst is 500. */
export const SMALL_BODY_BYTES = 16_384;
/** Bytes of a body from which on one is worked on at a time. */
export const HUGE_BODY_BYTES = 1_000_000;
/**
 * Most objects, lists and elements of a body together. 10 MB of `{},` would be 3.5 million objects, and the end of the
 * process; a group of 100,000 members, with their names, counts 300,000.
 */
export const MAX_BODY_VALUES = 500_000;
/** Deepest nesting of a body: more than any resource has, less than any stack takes. */
export const MAX_BODY_DEPTH = 32;
/** Most names of one object: more than any schema has. 490,000 unknown ones took three seconds of everybody's time. */
export const MAX_NAMES = 1_000;
/** Most elements of an attribute, other than a group's members. */
export const MAX_ELEMENTS = 10_000;
export const MAX_BULK_OPERATIONS = 1000;
