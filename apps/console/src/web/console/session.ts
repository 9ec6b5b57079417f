import { queryOptions } from "@tanstack/react-query";
import { createContext, use } from "react";
import { ApiProblem, type Schemas } from "../api/client.ts";
import { CONSOLE_HEADER } from "./api.ts";

export type Permission = Schemas["ManagementPermission"];

export interface Organization {
  readonly id: string;
  readonly slug: string;
  readonly name: string;
}

export type RoleName = "operator" | "organizationAdmin" | "organizationViewer";

/** Who is signed in to the console, as `GET /console/session` tells it. */
export interface ConsoleSession {
  readonly actor:
    | { readonly type: "rootKey" }
    | {
        readonly type: "person";
        readonly id: string;
        readonly name: string | null;
        readonly email: string | null;
      };
  readonly role: RoleName;
  /** The one that the session acts in; null: in all of them. */
  readonly organization: Organization | null;
  readonly organizations: readonly (Organization & { readonly role: RoleName })[];
  readonly permissions: readonly Permission[];
  readonly expiresAt: string;
}

/** Calls what the gateway offers beside the management API, below `/console`. */
async function call(method: string, path: string, headers: Record<string, string>, body?: unknown) {
  const response = await fetch(`/console${path}`, {
    method,
    headers: {
      accept: "application/json",
      ...CONSOLE_HEADER,
      ...(body === undefined ? {} : { "content-type": "application/json" }),
      ...headers,
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  if (!response.ok) {
    throw new ApiProblem(response.status, await response.json().catch(() => undefined));
  }
  return response;
}

/** The session; null where nobody is signed in. */
export const sessionQuery = queryOptions({
  queryKey: ["session"],
  queryFn: async (): Promise<ConsoleSession | null> => {
    try {
      const response = await call("GET", "/session", {});
      return (await response.json()) as ConsoleSession;
    } catch (error) {
      if (error instanceof ApiProblem && error.status === 401) {
        return null;
      }
      throw error;
    }
  },
  staleTime: 60_000,
});

export const switchOrganization = (organizationId: string) => call("PUT", "/session", {}, { organizationId });

export const signOut = () => call("POST", "/sign-out", {});

/** The way in that needs no identity provider. */
export const signInByRootKey = (key: string) => call("POST", "/session", { authorization: `Bearer ${key}` });

/** Where a person's sign-in begins, to come back to `returnTo`. By an address its domain says which organization. */
export function signInAddress(typed: string, returnTo: string): string {
  const name = typed.includes("@") ? "login_hint" : "organization";
  return `/console/sign-in?${new URLSearchParams({ [name]: typed, return_to: returnTo })}`;
}

export const SessionContext = createContext<ConsoleSession | null>(null);

export function useSession(): ConsoleSession {
  const session = use(SessionContext);
  if (session === null) {
    throw new Error("Only where somebody is signed in");
  }
  return session;
}

/** Whether the person may do what needs this permission of the management API. */
export function useMay(permission: Permission): boolean {
  return useSession().permissions.includes(permission);
}
