import { NativeSelect, PasswordInput, TextInput } from "@mantine/core";
import { fieldError } from "../../../components/draft.ts";
import { useCatalogue } from "../../../texts/language.tsx";
import { type DestinationValues, FIELDS, type Kind, SITES } from "./destination.ts";
import { auditStreamsTexts } from "./texts.ts";

interface StreamFieldsProps {
  readonly kind: Kind;
  readonly values: DestinationValues;
  readonly secret: string;
  /** What there is to know of the secret, beside that it is sealed. */
  readonly secretHelp: string;
  readonly error: Error | null;
  onValues(values: DestinationValues): void;
  onSecret(secret: string): void;
}

/** Where a stream of a kind is sent to, and what it is known by there. */
export function StreamFields(props: StreamFieldsProps) {
  const { kind, values, error } = props;
  const { form } = useCatalogue(auditStreamsTexts);
  const set = (field: keyof DestinationValues) => (event: { currentTarget: { value: string } }) =>
    props.onValues({ ...values, [field]: event.currentTarget.value });
  const help: Partial<Record<keyof DestinationValues, string>> = {
    ...(kind === "s3" ? {} : { url: form.urlHelp[kind] }),
    index: form.indexHelp,
    tags: form.tagsHelp,
    endpoint: form.endpointHelp,
    prefix: form.prefixHelp,
  };
  return (
    <>
      {FIELDS[kind].map((field) =>
        field === "site" ? (
          <NativeSelect
            key={field}
            label={form.site}
            value={values.site ?? ""}
            data={[...SITES]}
            onChange={set("site")}
          />
        ) : (
          <TextInput
            key={field}
            label={kind === "datadog" && field === "url" ? form.proxy : form[field]}
            description={help[field]}
            value={values[field] ?? ""}
            error={fieldError(error, `destination.${field}`)}
            onChange={set(field)}
          />
        ),
      )}
      <PasswordInput
        label={form.secret[kind]}
        description={props.secretHelp}
        value={props.secret}
        autoComplete="off"
        error={fieldError(error, "secret")}
        onChange={(event) => props.onSecret(event.currentTarget.value)}
      />
    </>
  );
}

/** The fields of the API that the form shows itself. */
export const shownFields = (kind: Kind): readonly string[] => [
  "name",
  "secret",
  ...FIELDS[kind].map((field) => `destination.${field}`),
];
