import { PageHeader } from "../../../components/page-header.tsx";
import { useOrganization } from "../../organization.ts";

export function OverviewPage() {
  const organization = useOrganization();
  return <PageHeader title={organization.name} />;
}
