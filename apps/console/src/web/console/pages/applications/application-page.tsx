import { Skeleton, Stack, Title } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useParams } from "@tanstack/react-router";
import { dataOf } from "../../../api/client.ts";
import { PageHeader } from "../../../components/page-header.tsx";
import { ProblemAlert } from "../../../components/problem-alert.tsx";
import { useCatalogue } from "../../../texts/language.tsx";
import { api } from "../../api.ts";
import { useMay } from "../../session.ts";
import { QueryFailed } from "../../shell/query-failed.tsx";
import { ApplicationSignals } from "../signals/application-signals.tsx";
import { ApplicationSettings } from "./application-settings.tsx";
import { DeleteApplication, RotateSecret } from "./danger.tsx";
import { IntegrationCheck } from "./integration-check.tsx";
import { Snippets } from "./snippets.tsx";
import { applicationsTexts } from "./texts.ts";

/** One application: what it needs, how it gets on, and its settings. */
export function ApplicationPage() {
  const texts = useCatalogue(applicationsTexts);
  const { applicationId } = useParams({ from: "/applications/$applicationId" });
  const mayWrite = useMay("applications.write");
  const params = { path: { applicationId } };
  const application = useQuery({
    queryKey: ["applications", applicationId],
    queryFn: () => dataOf(api.GET("/applications/{applicationId}", { params })),
  });
  const check = useQuery({
    queryKey: ["applications", applicationId, "check"],
    queryFn: () => dataOf(api.GET("/applications/{applicationId}/check", { params })),
  });
  if (application.isError) {
    return <QueryFailed query={application} />;
  }
  if (application.data === undefined || check.isPending) {
    return <Skeleton height={320} />;
  }
  const { data } = application;
  return (
    <>
      <PageHeader
        title={data.name}
        act={mayWrite && !data.public ? <RotateSecret application={data} /> : undefined}
      />
      <Stack gap="xl" maw={720}>
        {check.isError && <ProblemAlert error={check.error} onRetry={() => void check.refetch()} />}
        {check.data !== undefined && (
          <>
            <Snippets application={data} issuer={check.data.discovery.issuer} />
            <IntegrationCheck check={check.data} />
            <ApplicationSignals application={data} issuer={check.data.discovery.issuer} />
          </>
        )}
        <section>
          <Title order={2} size="h3" mb="md">
            {texts.page.settings}
          </Title>
          <ApplicationSettings application={data} />
        </section>
        {mayWrite && <DeleteApplication application={data} />}
      </Stack>
    </>
  );
}
