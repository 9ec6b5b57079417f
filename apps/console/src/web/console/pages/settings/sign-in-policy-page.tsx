import { Alert, List, Radio, Stack, Text } from "@mantine/core";
import { IconAlertTriangle } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { ApiProblem, dataOf } from "../../../api/client.ts";
import { useDraft } from "../../../components/draft.ts";
import { DraftForm } from "../../../components/draft-form.tsx";
import { ProblemAlert } from "../../../components/problem-alert.tsx";
import { useCatalogue } from "../../../texts/language.tsx";
import { api } from "../../api.ts";
import { useOrganization, useUpdateOrganization } from "../../organization.ts";
import { useMay } from "../../session.ts";
import { settingsTexts } from "./texts.ts";

const SHOWN = 10;

/** Who may sign in; before it is narrowed, who would be locked out. */
export function SignInPolicyPage() {
  const texts = useCatalogue(settingsTexts).signIn;
  const { slug, signIn, rolesFrom } = useOrganization();
  const mayWrite = useMay("organization.write");
  const draft = useDraft({ signIn, rolesFrom });
  const narrows = draft.changes.signIn === "directory";
  const plan = useQuery({
    queryKey: ["sign-in-plan", slug],
    queryFn: () =>
      dataOf(
        api.GET("/organizations/{org}/sign-in-policy/plan", {
          params: { path: { org: slug }, query: { limit: SHOWN } },
        }),
      ),
    enabled: narrows,
  });
  const save = useUpdateOrganization();
  const submit = () =>
    save.mutate(
      // What was read is what is saved: with another number of people nothing changes.
      narrows && plan.data !== undefined
        ? { ...draft.changes, expectedLockedOut: plan.data.count }
        : draft.changes,
      {
        onSuccess: draft.discard,
        onError: (error) => {
          if (error instanceof ApiProblem && error.code === "locked_out_changed") {
            void plan.refetch();
          }
        },
      },
    );
  return (
    <DraftForm draft={draft} saving={save} onSave={submit} ready={!narrows || plan.isSuccess}>
      <Radio.Group
        label={texts.who}
        readOnly={!mayWrite}
        value={draft.values.signIn}
        onChange={(value) => draft.set("signIn", value as typeof signIn)}
      >
        <Stack gap="sm" mt="xs">
          <Radio value="justInTime" label={texts.justInTime} description={texts.justInTimeHelp} />
          <Radio value="directory" label={texts.directory} description={texts.directoryHelp} />
        </Stack>
      </Radio.Group>
      {narrows && plan.isError && <ProblemAlert error={plan.error} onRetry={() => void plan.refetch()} />}
      {narrows && plan.isSuccess && (
        <Alert
          color={plan.data.count === 0 ? "green" : "yellow"}
          variant="light"
          icon={<IconAlertTriangle size={20} aria-hidden />}
        >
          <Text size="md">{texts.planned(plan.data.count)}</Text>
          <List size="md" mt="xs">
            {plan.data.items.map((member) => (
              <List.Item key={member.memberId}>
                {member.name ?? texts.noName}
                {member.email === null ? "" : ` (${member.email})`}
              </List.Item>
            ))}
          </List>
          {plan.data.count > plan.data.items.length && (
            <Text size="md">{texts.more(plan.data.count - plan.data.items.length)}</Text>
          )}
        </Alert>
      )}
      <Radio.Group
        label={texts.roles}
        readOnly={!mayWrite}
        value={draft.values.rolesFrom}
        onChange={(value) => draft.set("rolesFrom", value as typeof rolesFrom)}
      >
        <Stack gap="sm" mt="xs">
          <Radio value="directory" label={texts.rolesDirectory} />
          <Radio value="directoryAndSignIn" label={texts.rolesBoth} />
        </Stack>
      </Radio.Group>
    </DraftForm>
  );
}
