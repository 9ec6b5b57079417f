import { useQuery } from "@tanstack/react-query";
import { Outlet, useParams } from "@tanstack/react-router";
import { isNotFound } from "../api.ts";
import { OrganizationContext, organizationQuery } from "../organization.ts";
import { ErrorPage, NotFoundPage } from "./error-pages.tsx";
import { PageSkeleton } from "./shell.tsx";

/** Around the pages of one organization. */
export function OrganizationPage() {
  const { org } = useParams({ from: "/organizations/$org" });
  const organization = useQuery(organizationQuery(org));
  if (organization.isPending) {
    return <PageSkeleton />;
  }
  if (organization.isError) {
    return isNotFound(organization.error) ? (
      <NotFoundPage />
    ) : (
      <ErrorPage error={organization.error} reset={() => void organization.refetch()} />
    );
  }
  return (
    <OrganizationContext value={organization.data}>
      <Outlet />
    </OrganizationContext>
  );
}
