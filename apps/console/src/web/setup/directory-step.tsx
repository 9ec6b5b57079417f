import { Alert, Button, Stack, Text, Title } from "@mantine/core";
import { useMutation, useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { dataOf } from "../api/client.ts";
import { CopyValue } from "../components/copy-value.tsx";
import { ProblemAlert } from "../components/problem-alert.tsx";
import { GuideView } from "../guides/guide-view.tsx";
import { generic } from "../guides/products/generic.ts";
import { useTexts } from "../texts/texts.tsx";
import { LiveRequests } from "./live-requests.tsx";
import { useProduct, useSetup } from "./setup-context.tsx";

export function DirectoryStep() {
  const texts = useTexts();
  const { api, setup, progress, remember } = useSetup();
  const product = useProduct();
  const org = setup.organization.id;
  const { directoryId } = progress;
  const [token, setToken] = useState<string | null>(null);

  const create = useMutation({
    mutationFn: () =>
      dataOf(
        api.POST("/organizations/{org}/directories", {
          params: { path: { org } },
          body: {
            name: product?.name || setup.organization.name,
            provider: providerOf(product?.id),
          },
        }),
      ),
    onSuccess: (created) => {
      setToken(created.token);
      remember({ directoryId: created.id });
    },
  });
  const renew = useMutation({
    mutationFn: () =>
      dataOf(
        api.POST("/organizations/{org}/directories/{directoryId}/tokens", {
          params: { path: { org, directoryId: directoryId ?? "" } },
          body: {},
        }),
      ),
    onSuccess: (created) => setToken(created.token),
  });
  const directory = useQuery({
    queryKey: ["directory", directoryId],
    queryFn: () =>
      dataOf(
        api.GET("/organizations/{org}/directories/{directoryId}", {
          params: { path: { org, directoryId: directoryId ?? "" } },
        }),
      ),
    enabled: directoryId !== undefined,
  });

  if (product !== undefined && product.scim === undefined) {
    return (
      <Stack className="narrow">
        <Title order={1}>{texts.directory.title}</Title>
        <Text>{texts.directory.notOffered(product.name)}</Text>
      </Stack>
    );
  }
  const guide = product?.scim ?? generic.scim;
  return (
    <Stack gap="lg">
      <Title order={1}>{texts.directory.title}</Title>
      <Text>{texts.directory.lead}</Text>
      {directoryId === undefined ? (
        <div>
          <Button loading={create.isPending} onClick={() => create.mutate()}>
            {texts.directory.create}
          </Button>
        </div>
      ) : (
        <>
          {token === null ? (
            <div>
              <Button variant="default" loading={renew.isPending} onClick={() => renew.mutate()}>
                {texts.directory.newToken}
              </Button>
            </div>
          ) : (
            <Alert color="yellow" variant="light" className="narrow">
              <Text mb="xs">{texts.directory.tokenOnce}</Text>
              <CopyValue value={token} label="token" />
            </Alert>
          )}
          {guide !== undefined && directory.data !== undefined && (
            <GuideView
              guide={guide}
              name={`${product?.scim === undefined ? "generic" : product.id}.scim`}
              values={{ baseUrl: directory.data.baseUrl, ...(token === null ? {} : { token }) }}
            />
          )}
          <LiveRequests directoryId={directoryId} />
        </>
      )}
      {[create.error, renew.error, directory.error].map(
        (error) => error !== null && <ProblemAlert key={error.message} error={error} />,
      )}
    </Stack>
  );
}

/** The directory preset of a product. */
function providerOf(product: string | undefined) {
  switch (product) {
    case "okta":
    case "entra":
    case "onelogin":
    case "jumpcloud":
    case "rippling":
      return product;
    default:
      return "generic";
  }
}
