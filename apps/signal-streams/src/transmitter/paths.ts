/** The transmitter's paths below the public URL: a contract with every receiver. */
export const PATHS = {
  configuration: "/.well-known/ssf-configuration",
  streams: "/ssf/streams",
  status: "/ssf/status",
  addSubject: "/ssf/subjects/add",
  removeSubject: "/ssf/subjects/remove",
  verify: "/ssf/verify",
} as const;

/** Where a stream's receiver polls: unique for each stream (SSF 1.0, section 6.1.2). */
export function pollPath(streamId: string): string {
  return `${PATHS.streams}/${streamId}/poll`;
}
