import { Button, FileInput, SegmentedControl, Stack, Textarea, TextInput } from "@mantine/core";
import { type FormEvent, useState } from "react";
import type { Schemas, Setup } from "../api/client.ts";
import { useTexts } from "../texts/texts.tsx";
import { IdpInspection, type Inspector } from "./idp-inspection.tsx";
import { objectionToEntityId, objectionToMetadata, objectionToUrl } from "./objections.ts";

export type SamlInput =
  | { readonly metadataUrl: string }
  | { readonly metadataXml: string }
  | { readonly idpEntityId: string; readonly ssoUrl: string; readonly certificates: string[] };

type Source = "url" | "file" | "hand";

/** Where the IdP is described: metadata by URL or file, or its three facts by hand. */
export function SamlForm(props: {
  readonly own: Setup["connection"]["saml"];
  /** Whether the product has a metadata URL. */
  readonly byUrl: boolean;
  readonly stored: Schemas["Connection"]["saml"];
  readonly inspector: Inspector;
  readonly saving: boolean;
  onSave(input: SamlInput): void;
}) {
  const texts = useTexts();
  const { own, stored, byUrl } = props;
  const [source, setSource] = useState<Source>(byUrl ? "url" : "file");
  const [url, setUrl] = useState(stored?.metadataUrl ?? "");
  const [file, setFile] = useState<File | null>(null);
  const [xml, setXml] = useState("");
  const [idpEntityId, setIdpEntityId] = useState(stored?.idpEntityId ?? "");
  const [ssoUrl, setSsoUrl] = useState(stored?.ssoUrl ?? "");
  const [certificate, setCertificate] = useState("");

  const wrong = {
    url: objectionToUrl(url, own, texts.connect),
    xml: objectionToMetadata(xml, own, texts.connect),
    idpEntityId: objectionToEntityId(idpEntityId, own, texts.connect),
    ssoUrl: objectionToUrl(ssoUrl, own, texts.connect),
  };
  const inputs: Readonly<Record<Source, SamlInput | null>> = {
    url: url === "" || wrong.url !== null ? null : { metadataUrl: url },
    file: xml === "" || wrong.xml !== null ? null : { metadataXml: xml },
    hand:
      idpEntityId === "" ||
      ssoUrl === "" ||
      certificate === "" ||
      wrong.idpEntityId !== null ||
      wrong.ssoUrl !== null
        ? null
        : { idpEntityId, ssoUrl, certificates: [certificate] },
  };
  const input = inputs[source];
  const readFile = async (chosen: File | null) => {
    setFile(chosen);
    setXml(chosen === null ? "" : await chosen.text());
  };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (input !== null) {
      props.onSave(input);
    }
  };

  return (
    <form onSubmit={submit}>
      <Stack>
        <SegmentedControl
          value={source}
          onChange={(chosen) => setSource(chosen as Source)}
          data={[
            ...(byUrl ? [{ value: "url", label: texts.connect.byUrl }] : []),
            { value: "file", label: texts.connect.byFile },
            { value: "hand", label: texts.connect.byHand },
          ]}
        />
        {source === "url" && (
          <>
            <TextInput
              label={texts.connect.byUrl}
              description={texts.connect.byUrlHelp}
              placeholder="https://"
              value={url}
              error={wrong.url}
              onChange={(event) => setUrl(event.currentTarget.value.trim())}
            />
            <IdpInspection
              inspector={props.inspector}
              kind="metadataUrl"
              address={wrong.url === null ? url : ""}
            />
          </>
        )}
        {source === "file" && (
          <FileInput
            label={texts.connect.byFile}
            description={texts.connect.byFileHelp}
            accept=".xml,text/xml,application/xml"
            value={file}
            error={wrong.xml}
            onChange={(chosen) => void readFile(chosen)}
          />
        )}
        {source === "hand" && (
          <>
            <TextInput
              label={texts.connect.idpEntityId}
              value={idpEntityId}
              error={wrong.idpEntityId}
              onChange={(event) => setIdpEntityId(event.currentTarget.value.trim())}
            />
            <TextInput
              label={texts.connect.ssoUrl}
              placeholder="https://"
              value={ssoUrl}
              error={wrong.ssoUrl}
              onChange={(event) => setSsoUrl(event.currentTarget.value.trim())}
            />
            <Textarea
              label={texts.connect.certificate}
              autosize
              minRows={4}
              maxRows={12}
              value={certificate}
              onChange={(event) => setCertificate(event.currentTarget.value.trim())}
            />
          </>
        )}
        <div>
          <Button type="submit" disabled={input === null} loading={props.saving}>
            {texts.connect.save}
          </Button>
        </div>
      </Stack>
    </form>
  );
}
