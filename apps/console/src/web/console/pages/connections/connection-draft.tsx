import { Button, Group, Stack, Table, Text, Title } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { dataOf, type Schemas } from "../../../api/client.ts";
import { ConfirmDanger } from "../../../components/confirm-danger.tsx";
import { ProblemAlert } from "../../../components/problem-alert.tsx";
import { StateDot } from "../../../components/state-dot.tsx";
import { Time } from "../../../components/time.tsx";
import { TestLogin } from "../../../connecting/test-login.tsx";
import type { useTestLogin } from "../../../connecting/use-test-login.ts";
import { useCatalogue } from "../../../texts/language.tsx";
import { api } from "../../api.ts";
import { useOrganization } from "../../organization.ts";
import { useSession } from "../../session.ts";
import { changeTexts } from "./change-texts.ts";
import { productOfConnection, useConnection } from "./connection.ts";
import { Usage } from "./usage.tsx";
import { differencesOf } from "./version-differences.ts";

interface ConnectionDraftProps {
  readonly draft: Schemas["ConnectionDraft"];
  readonly login: ReturnType<typeof useTestLogin>;
  onChanged(): Promise<unknown>;
}

/** The settings that wait: what they would change, their test, and their way into use. */
export function ConnectionDraft({ draft, login, onChanged }: ConnectionDraftProps) {
  const texts = useCatalogue(changeTexts);
  const { slug } = useOrganization();
  const connection = useConnection();
  const { role } = useSession();
  const params = { path: { org: slug, connectionId: connection.id } };
  const activate = useMutation({
    mutationFn: (untested: boolean) =>
      dataOf(
        api.POST("/organizations/{org}/connections/{connectionId}/draft/activate", {
          params,
          body: { untested },
        }),
      ),
    onSuccess: () => {
      login.forget();
      return onChanged();
    },
  });
  const discard = useMutation({
    mutationFn: () => dataOf(api.DELETE("/organizations/{org}/connections/{connectionId}/draft", { params })),
    onSuccess: () => {
      login.forget();
      return onChanged();
    },
  });
  const tested = draft.tested || login.over?.outcome === "success";
  const differences = differencesOf(connection, draft.connection, texts.fields);
  return (
    <Stack component="section" aria-labelledby="draft">
      <div>
        <Title order={2} size="h3" id="draft">
          {texts.draft}
        </Title>
        <Text c="dimmed">
          {texts.saved} <Time at={draft.savedAt} />
        </Text>
      </div>
      {differences.length === 0 ? (
        <Text>{texts.same}</Text>
      ) : (
        <section className="table-scroll" aria-label={texts.differences}>
          <Table className="table" aria-label={texts.differences}>
            <Table.Thead>
              <Table.Tr>
                <Table.Th>{texts.field}</Table.Th>
                <Table.Th>{texts.now}</Table.Th>
                <Table.Th>{texts.waiting}</Table.Th>
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {differences.map(({ label, now, waiting }) => (
                <Table.Tr key={label}>
                  <Table.Td>{label}</Table.Td>
                  <Table.Td data-wrap>
                    <code>{now}</code>
                  </Table.Td>
                  <Table.Td data-wrap>
                    <code>{waiting}</code>
                  </Table.Td>
                </Table.Tr>
              ))}
            </Table.Tbody>
          </Table>
        </section>
      )}
      <StateDot kind={tested ? "good" : "warning"}>{tested ? texts.tested : texts.untested}</StateDot>
      <TestLogin
        login={login}
        product={productOfConnection(draft.connection)}
        disabled={false}
        primary={!tested}
      />
      {[activate.error, discard.error].map(
        (error) => error !== null && <ProblemAlert key={error.message} error={error} />,
      )}
      <Group>
        <Button
          variant={tested ? "filled" : "default"}
          disabled={!tested}
          loading={activate.isPending}
          onClick={() => activate.mutate(false)}
        >
          {texts.activate}
        </Button>
        {!tested && role === "operator" && (
          <ConfirmDanger
            label={texts.activateUntested}
            button={{ variant: "subtle", color: "gray" }}
            title={texts.activateUntestedTitle}
            effect={
              <>
                <Text>{texts.activateUntestedEffect}</Text>
                <Usage connectionId={connection.id} />
              </>
            }
            act={texts.activateUntested}
            run={() => activate.mutateAsync(true)}
          />
        )}
        <Button variant="subtle" color="gray" loading={discard.isPending} onClick={() => discard.mutate()}>
          {texts.discard}
        </Button>
      </Group>
    </Stack>
  );
}
