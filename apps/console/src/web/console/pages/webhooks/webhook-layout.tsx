import { Alert, Button, Group, Skeleton, Text } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Outlet } from "@tanstack/react-router";
import { dataOf } from "../../../api/client.ts";
import { PageHeader } from "../../../components/page-header.tsx";
import { PageTabs } from "../../../components/page-tabs.tsx";
import { Time } from "../../../components/time.tsx";
import { useCatalogue } from "../../../texts/language.tsx";
import { api } from "../../api.ts";
import { QueryFailed } from "../../shell/query-failed.tsx";
import { EndpointState } from "./endpoint-state.tsx";
import { endpointLink, settingsLink, useEndpointId, useOwner } from "./owner.ts";
import { type EndpointDetails, endpointQuery, shortUrl } from "./queries.ts";
import { webhooksTexts } from "./texts.ts";
import { useEnable } from "./use-enable.ts";

/** Around the parts of one endpoint. */
export function WebhookLayout() {
  const texts = useCatalogue(webhooksTexts);
  const { org, mayWrite } = useOwner();
  const id = useEndpointId();
  const endpoint = useQuery(endpointQuery(id));
  if (endpoint.isError) {
    return <QueryFailed query={endpoint} />;
  }
  if (endpoint.data === undefined) {
    return <Skeleton height={240} />;
  }
  const { data } = endpoint;
  const tabs = [
    { label: texts.tabs.deliveries, link: endpointLink(org, id), exact: true },
    { label: texts.tabs.settings, link: settingsLink(org, id) },
  ];
  return (
    <>
      <PageHeader
        title={shortUrl(data.url)}
        lead={
          <Group gap="sm" component="span">
            <EndpointState endpoint={data} />
            {data.description !== "" && <span>{data.description}</span>}
          </Group>
        }
        act={mayWrite && data.status === "enabled" ? <SendTest endpoint={data} /> : undefined}
      />
      <Notice endpoint={data} mayWrite={mayWrite} />
      <PageTabs label={shortUrl(data.url)} tabs={tabs} />
      <Outlet />
    </>
  );
}

function SendTest({ endpoint }: { readonly endpoint: EndpointDetails }) {
  const texts = useCatalogue(webhooksTexts);
  const queries = useQueryClient();
  const test = useMutation({
    mutationFn: () =>
      dataOf(
        api.POST("/webhook-endpoints/{webhookEndpointId}/test", {
          params: { path: { webhookEndpointId: endpoint.id } },
        }),
      ),
    onSuccess: () => {
      notifications.show({ message: texts.testSent });
      return queries.invalidateQueries({ queryKey: ["webhooks", endpoint.id] });
    },
    onError: (error) => notifications.show({ color: "red", message: error.message }),
  });
  return (
    <Button loading={test.isPending} onClick={() => test.mutate()}>
      {texts.test}
    </Button>
  );
}

/** What has to be known of an endpoint that is sent nothing, or takes nothing. */
function Notice({ endpoint, mayWrite }: { readonly endpoint: EndpointDetails; readonly mayWrite: boolean }) {
  const texts = useCatalogue(webhooksTexts).notice;
  const enable = useEnable(endpoint.id);
  const { status, failingSince, disabledAt } = endpoint;
  if (status === "enabled") {
    return failingSince === null ? null : (
      <Alert color="yellow" variant="light" mb="md">
        <Text size="md">
          {texts.failing} <Time at={failingSince} />. {texts.failingAdvice}
        </Text>
      </Alert>
    );
  }
  return (
    <Alert color={status === "disabled" ? "gray" : "red"} variant="light" mb="md">
      <Text size="md">
        {texts[status]} {disabledAt !== null && <Time at={disabledAt} />}. {texts.replayAdvice}
      </Text>
      {mayWrite && (
        <Button
          mt="sm"
          size="xs"
          variant="default"
          loading={enable.isPending}
          onClick={() => enable.mutate(true)}
        >
          {texts.enable}
        </Button>
      )}
    </Alert>
  );
}
