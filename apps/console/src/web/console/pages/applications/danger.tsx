import { Modal } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { dataOf, type Schemas } from "../../../api/client.ts";
import { ConfirmDanger } from "../../../components/confirm-danger.tsx";
import { SecretOnce } from "../../../components/copy-field.tsx";
import { componentTexts } from "../../../components/texts.ts";
import { useCatalogue } from "../../../texts/language.tsx";
import { api } from "../../api.ts";
import { applicationsTexts } from "./texts.ts";

type Props = { readonly application: Schemas["Application"] };

/** A new client secret in place of the present one, shown this one time. */
export function RotateSecret({ application }: Props) {
  const { form, page } = useCatalogue(applicationsTexts);
  const { close } = useCatalogue(componentTexts);
  const [secret, setSecret] = useState<string>();
  const rotate = useMutation({
    mutationFn: () =>
      dataOf(
        api.POST("/applications/{applicationId}/rotate-secret", {
          params: { path: { applicationId: application.id } },
        }),
      ),
    onSuccess: ({ clientSecret }) => setSecret(clientSecret),
  });
  return (
    <>
      <ConfirmDanger
        label={page.rotate}
        title={page.rotateTitle(application.name)}
        effect={page.rotateEffect}
        act={page.rotateAct}
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

export function DeleteApplication({ application }: Props) {
  const { page } = useCatalogue(applicationsTexts);
  const queries = useQueryClient();
  const navigate = useNavigate();
  const remove = useMutation({
    mutationFn: () =>
      dataOf(
        api.DELETE("/applications/{applicationId}", { params: { path: { applicationId: application.id } } }),
      ),
    onSuccess: async () => {
      await navigate({ to: "/applications" });
      queries.removeQueries({ queryKey: ["applications", application.id] });
      await queries.invalidateQueries({ queryKey: ["applications"] });
    },
  });
  return (
    <div className="danger narrow">
      <ConfirmDanger
        label={page.remove}
        title={page.removeTitle(application.name)}
        effect={page.removeEffect}
        act={page.remove}
        nameToType={application.name}
        run={() => remove.mutateAsync()}
      />
    </div>
  );
}
