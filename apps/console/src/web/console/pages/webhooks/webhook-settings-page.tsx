import { Group, Modal, Skeleton, Stack, TextInput } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { dataOf } from "../../../api/client.ts";
import { ConfirmDanger } from "../../../components/confirm-danger.tsx";
import { SecretOnce } from "../../../components/copy-field.tsx";
import { fieldError, useDraft } from "../../../components/draft.ts";
import { DraftForm } from "../../../components/draft-form.tsx";
import { componentTexts } from "../../../components/texts.ts";
import { useCatalogue } from "../../../texts/language.tsx";
import { api } from "../../api.ts";
import { listLink, useEndpointId, useOwner } from "./owner.ts";
import { type EndpointDetails, endpointQuery, shortUrl } from "./queries.ts";
import { webhooksTexts } from "./texts.ts";
import { TypesInput } from "./types-input.tsx";
import { useEnable } from "./use-enable.ts";

const OVERLAP_HOURS = 24;

/** What can be changed of an endpoint, and its end. */
export function WebhookSettingsPage() {
  const { mayWrite } = useOwner();
  const endpoint = useQuery(endpointQuery(useEndpointId()));
  if (endpoint.data === undefined) {
    return <Skeleton height={240} />;
  }
  return (
    <Stack gap="xl" className="narrow">
      <Settings endpoint={endpoint.data} readOnly={!mayWrite} />
      {mayWrite && (
        <Group>
          <RotateSecret endpoint={endpoint.data} />
          {endpoint.data.status === "enabled" && <Disable endpoint={endpoint.data} />}
          <Delete endpoint={endpoint.data} />
        </Group>
      )}
    </Stack>
  );
}

interface Props {
  readonly endpoint: EndpointDetails;
}

function Settings({ endpoint, readOnly }: Props & { readonly readOnly: boolean }) {
  const texts = useCatalogue(webhooksTexts).form;
  const queries = useQueryClient();
  const { url, description, types } = endpoint;
  const draft = useDraft({ url, description, types });
  const save = useMutation({
    mutationFn: () =>
      dataOf(
        api.PATCH("/webhook-endpoints/{webhookEndpointId}", {
          params: { path: { webhookEndpointId: endpoint.id } },
          body: draft.changes,
        }),
      ),
    onSuccess: () => {
      draft.discard();
      return queries.invalidateQueries({ queryKey: ["webhooks"] });
    },
  });
  const { values, set } = draft;
  return (
    <DraftForm draft={draft} saving={save} onSave={() => save.mutate()}>
      <TextInput
        label={texts.url}
        description={texts.urlHelp}
        value={values.url}
        readOnly={readOnly}
        error={fieldError(save.error, "url")}
        onChange={(event) => set("url", event.currentTarget.value)}
      />
      <TypesInput
        value={values.types}
        error={fieldError(save.error, "types")}
        readOnly={readOnly}
        onChange={(value) => set("types", value)}
      />
      <TextInput
        label={texts.description}
        value={values.description}
        readOnly={readOnly}
        error={fieldError(save.error, "description")}
        onChange={(event) => set("description", event.currentTarget.value)}
      />
    </DraftForm>
  );
}

/** A new secret, shown this one time; the old one signs as well for a day. */
function RotateSecret({ endpoint }: Props) {
  const { form, danger } = useCatalogue(webhooksTexts);
  const { close } = useCatalogue(componentTexts);
  const queries = useQueryClient();
  const [secret, setSecret] = useState<string>();
  const rotate = useMutation({
    mutationFn: () =>
      dataOf(
        api.POST("/webhook-endpoints/{webhookEndpointId}/rotate-secret", {
          params: { path: { webhookEndpointId: endpoint.id } },
          body: { overlapHours: OVERLAP_HOURS },
        }),
      ),
    onSuccess: (made) => {
      setSecret(made.secret);
      return queries.invalidateQueries({ queryKey: ["webhooks", endpoint.id] });
    },
  });
  return (
    <>
      <ConfirmDanger
        label={danger.rotate}
        title={danger.rotateTitle}
        effect={danger.rotateEffect(OVERLAP_HOURS)}
        act={danger.rotate}
        run={() => rotate.mutateAsync()}
      />
      <Modal
        opened={secret !== undefined}
        onClose={() => setSecret(undefined)}
        title={form.secret}
        closeButtonProps={{ "aria-label": close }}
      >
        <SecretOnce label={form.secret} value={secret ?? ""} />
      </Modal>
    </>
  );
}

function Disable({ endpoint }: Props) {
  const texts = useCatalogue(webhooksTexts).danger;
  const enable = useEnable(endpoint.id);
  return (
    <ConfirmDanger
      label={texts.disable}
      title={texts.disableTitle(shortUrl(endpoint.url))}
      effect={texts.disableEffect(endpoint.pending)}
      act={texts.disable}
      run={() => enable.mutateAsync(false)}
    />
  );
}

function Delete({ endpoint }: Props) {
  const texts = useCatalogue(webhooksTexts).danger;
  const { org } = useOwner();
  const queries = useQueryClient();
  const navigate = useNavigate();
  const remove = useMutation({
    mutationFn: () =>
      dataOf(
        api.DELETE("/webhook-endpoints/{webhookEndpointId}", {
          params: { path: { webhookEndpointId: endpoint.id } },
        }),
      ),
    onSuccess: async () => {
      await navigate(listLink(org));
      queries.removeQueries({ queryKey: ["webhooks", endpoint.id] });
      await queries.invalidateQueries({ queryKey: ["webhooks"] });
    },
  });
  const name = shortUrl(endpoint.url);
  return (
    <ConfirmDanger
      label={texts.remove}
      title={texts.removeTitle(name)}
      effect={texts.removeEffect(endpoint.pending, endpoint.failed)}
      act={texts.remove}
      nameToType={name}
      run={() => remove.mutateAsync()}
    />
  );
}
