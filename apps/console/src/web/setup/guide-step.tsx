import { Button, Group, Stack, Text, Title } from "@mantine/core";
import { GuideView } from "../guides/guide-view.tsx";
import { useTexts } from "../texts/texts.tsx";
import { useProduct, useSetup } from "./setup-context.tsx";

export function GuideStep() {
  const texts = useTexts();
  const { setup, progress, remember, go } = useSetup();
  const product = useProduct();
  const protocol = progress.protocol ?? "saml";
  const guide = product?.[protocol];
  if (product === undefined || guide === undefined) {
    return null;
  }
  const { saml, oidc } = setup.connection;
  const name = product.name === "" ? texts.provider.genericName : product.name;
  return (
    <Stack gap="lg">
      <Title order={1}>{texts.guide.title(name)}</Title>
      <Text>{texts.guide.lead}</Text>
      <GuideView
        guide={guide}
        name={`${product.id}.${protocol}`}
        values={{
          acsUrl: saml.acsUrl,
          spEntityId: saml.spEntityId,
          spMetadataUrl: saml.spMetadataUrl,
          redirectUri: oidc.redirectUri,
        }}
      />
      <Group>
        <Button
          onClick={() => {
            remember({ guideDone: true });
            go("connect");
          }}
        >
          {texts.guide.done}
        </Button>
        <Button variant="default" onClick={() => go("provider")}>
          {texts.back}
        </Button>
      </Group>
    </Stack>
  );
}
