import { useQuery } from "@tanstack/react-query";
import { SessionContext, sessionQuery } from "../session.ts";
import { ErrorPage } from "./error-pages.tsx";
import { Shell, ShellSkeleton } from "./shell.tsx";
import { SignInPage } from "./sign-in-page.tsx";

/** Every page of the console: for whoever is signed in; anybody else signs in, and comes back to the same address. */
export function ConsolePage() {
  const session = useQuery(sessionQuery);
  if (session.isPending) {
    return <ShellSkeleton />;
  }
  if (session.isError) {
    return <ErrorPage error={session.error} reset={() => void session.refetch()} />;
  }
  if (session.data === null) {
    return <SignInPage />;
  }
  return (
    <SessionContext value={session.data}>
      <Shell />
    </SessionContext>
  );
}
