/** A management API call that was refused; the message is what the API said. */
export class ManagementError extends Error {
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.name = "ManagementError";
    this.status = status;
  }
}

/** The management API as its users meet it: over HTTP, with a key. */
export interface Management {
  call(method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE", path: string, body?: unknown): Promise<unknown>;
}

/** @param gatewayUrl the gateway's public URL; paths are below its `/api/v1` */
export function connectManagement(gatewayUrl: string, key: string): Management {
  return {
    async call(method, path, body) {
      const response = await fetch(`${gatewayUrl}/api/v1${path}`, {
        method,
        headers: {
          authorization: `Bearer ${key}`,
          ...(body === undefined ? {} : { "content-type": "application/json" }),
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
      const text = await response.text();
      if (!response.ok) {
        throw new ManagementError(
          response.status,
          `${method} /api/v1${path} answered ${response.status}: ${text}`,
        );
      }
      return text === "" ? undefined : JSON.parse(text);
    },
  };
}

/** What `lookup` finds, or null where the API answers 404. */
export async function orNull<Found>(lookup: Promise<Found>): Promise<Found | null> {
  try {
    return await lookup;
  } catch (error) {
    if (error instanceof ManagementError && error.status === 404) {
      return null;
    }
    throw error;
  }
}
