import { Button, Radio, SimpleGrid, Stack, Text, Title } from "@mantine/core";
import { PRODUCTS } from "../guides/products.ts";
import { useTexts } from "../texts/texts.tsx";
import { useProduct, useSetup } from "./setup-context.tsx";

export function ProviderStep() {
  const texts = useTexts();
  const { progress, remember, go, setup } = useSetup();
  const product = useProduct();
  const choose = (id: string) => {
    const chosen = PRODUCTS.find((each) => each.id === id);
    remember({ product: id, protocol: chosen?.saml === undefined ? "oidc" : (progress.protocol ?? "saml") });
  };
  const connects = setup.permissions.includes("connections.write");
  return (
    <Stack className="narrow">
      <Title order={1}>{texts.provider.title}</Title>
      <Text>{texts.provider.lead}</Text>
      <Radio.Group value={progress.product ?? null} onChange={choose} aria-label={texts.steps.provider}>
        <SimpleGrid cols={{ base: 1, xs: 2 }} spacing="xs">
          {PRODUCTS.map(({ id, name }) => (
            <Radio.Card key={id} value={id} p="md">
              <Text fw={500}>{name === "" ? texts.provider.genericName : name}</Text>
            </Radio.Card>
          ))}
        </SimpleGrid>
      </Radio.Group>
      {connects && product?.saml !== undefined && product.oidc !== undefined && (
        <Radio.Group
          label={texts.provider.protocol}
          value={progress.protocol ?? "saml"}
          onChange={(protocol) => remember({ protocol: protocol === "oidc" ? "oidc" : "saml" })}
        >
          <Stack gap="xs" mt="xs">
            <Radio value="saml" label={texts.provider.saml} />
            <Radio value="oidc" label={texts.provider.oidc} />
          </Stack>
        </Radio.Group>
      )}
      <div>
        <Button disabled={product === undefined} onClick={() => go(connects ? "guide" : "directory")}>
          {texts.next}
        </Button>
      </div>
    </Stack>
  );
}
