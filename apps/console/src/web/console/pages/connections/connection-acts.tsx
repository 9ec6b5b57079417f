import { Button, Stack, Text } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { dataOf } from "../../../api/client.ts";
import { ConfirmDanger } from "../../../components/confirm-danger.tsx";
import { ProblemAlert } from "../../../components/problem-alert.tsx";
import { useCatalogue } from "../../../texts/language.tsx";
import { api } from "../../api.ts";
import { useOrganization } from "../../organization.ts";
import type { Connection } from "./connection.ts";
import { connectionsTexts } from "./texts.ts";
import { useUpdateConnection } from "./update-connection.ts";
import { Usage } from "./usage.tsx";

/** Turns a connection off and on, and deletes it. */
export function ConnectionActs({ connection }: { readonly connection: Connection }) {
  const texts = useCatalogue(connectionsTexts).acts;
  const { slug } = useOrganization();
  const queries = useQueryClient();
  const navigate = useNavigate();
  const { id, name, status } = connection;
  const update = useUpdateConnection();
  const remove = useMutation({
    mutationFn: () =>
      dataOf(
        api.DELETE("/organizations/{org}/connections/{connectionId}", {
          params: { path: { org: slug, connectionId: id } },
        }),
      ),
    onSuccess: async () => {
      await navigate({ to: "/organizations/$org/connections", params: { org: slug } });
      await queries.invalidateQueries({ queryKey: ["connections", slug] });
    },
  });
  return (
    <Stack gap="md">
      {status === "disabled" && update.isError && <ProblemAlert error={update.error} />}
      <div className="danger">
        {status === "active" ? (
          <>
            <Text>{texts.disableLead}</Text>
            <ConfirmDanger
              label={texts.disable}
              title={texts.disableTitle(name)}
              effect={<Usage connectionId={id} ends />}
              act={texts.disableAct}
              run={() => update.mutateAsync({ status: "disabled" })}
            />
          </>
        ) : (
          <>
            <Text>{texts.enableLead}</Text>
            <Button
              variant="default"
              loading={update.isPending}
              onClick={() => update.mutate({ status: "active" })}
            >
              {texts.enable}
            </Button>
          </>
        )}
      </div>
      <div className="danger">
        <Text>{texts.removeLead}</Text>
        <ConfirmDanger
          label={texts.remove}
          title={texts.removeTitle(name)}
          effect={
            <>
              <Usage connectionId={id} ends />
              <Text mt="xs">{texts.removeEffect}</Text>
            </>
          }
          act={texts.remove}
          nameToType={name}
          run={() => remove.mutateAsync()}
        />
      </div>
    </Stack>
  );
}
