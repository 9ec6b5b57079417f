import { Select } from "@mantine/core";
import { useCatalogue } from "../../../texts/language.tsx";
import { PRODUCTS, type Provider } from "./directory.ts";
import { directoriesTexts } from "./texts.ts";

interface ProviderSelectProps {
  readonly value: Provider;
  onChange(provider: Provider): void;
  readonly error: string | undefined;
}

/** Which product pushes: by it the gateway meets that product's ways. */
export function ProviderSelect({ value, onChange, error }: ProviderSelectProps) {
  const texts = useCatalogue(directoriesTexts);
  const names = { ...PRODUCTS, ...texts.kinds };
  const providers = Object.keys(names) as (keyof typeof names)[];
  return (
    <Select
      label={texts.provider}
      description={texts.providerHelp}
      allowDeselect={false}
      data={providers.map((provider) => ({ value: provider, label: names[provider] }))}
      value={value}
      error={error}
      onChange={(chosen) => onChange(providers.find((provider) => provider === chosen) ?? value)}
    />
  );
}
