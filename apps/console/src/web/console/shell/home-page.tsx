import { Navigate } from "@tanstack/react-router";
import { useSession } from "../session.ts";

/** `/console`: the organization that the session acts in, else all of them. */
export function HomePage() {
  const { organization } = useSession();
  return organization === null ? (
    <Navigate to="/organizations" replace />
  ) : (
    <Navigate to="/organizations/$org" params={{ org: organization.slug }} replace />
  );
}
