import { Divider, Skeleton, Stack, Text, TextInput } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { dataOf } from "../../../api/client.ts";
import { ConfirmDanger } from "../../../components/confirm-danger.tsx";
import { DetailList } from "../../../components/detail-list.tsx";
import { fieldError, useDraft } from "../../../components/draft.ts";
import { DraftForm } from "../../../components/draft-form.tsx";
import { ProblemAlert } from "../../../components/problem-alert.tsx";
import { Time } from "../../../components/time.tsx";
import { useCatalogue } from "../../../texts/language.tsx";
import { api } from "../../api.ts";
import { useOrganization } from "../../organization.ts";
import { useMay } from "../../session.ts";
import { useMappingsPlan } from "./access-plan.tsx";
import { PermissionsInput } from "./permissions-input.tsx";
import { mappingsQuery, type Role } from "./roles.ts";
import { rolesTexts } from "./texts.ts";

/** The role that every member has. */
const EVERYBODYS = "member";

/** One role: what it permits, and its end. */
export function RolePanel({ role, onDeleted }: { readonly role: Role; onDeleted(): void }) {
  const texts = useCatalogue(rolesTexts).roles;
  const { slug } = useOrganization();
  const queries = useQueryClient();
  const mayWrite = useMay("roles.write");
  const params = { path: { org: slug, roleId: role.id } };
  const { name, permissions } = role;
  const draft = useDraft({ name, permissions });
  const save = useMutation({
    mutationFn: () =>
      dataOf(api.PATCH("/organizations/{org}/roles/{roleId}", { params, body: draft.changes })),
    onSuccess: async () => {
      await queries.invalidateQueries({ queryKey: ["roles", slug] });
      draft.discard();
    },
  });
  const remove = useMutation({
    mutationFn: () => dataOf(api.DELETE("/organizations/{org}/roles/{roleId}", { params })),
    onSuccess: async () => {
      onDeleted();
      await queries.invalidateQueries({ queryKey: ["roles", slug] });
      await queries.invalidateQueries({ queryKey: ["group-mappings", slug] });
    },
  });
  const details = (
    <DetailList
      items={[
        [texts.key, <code key="key">{role.key}</code>],
        [texts.since, <Time key="since" at={role.createdAt} />],
        ...(mayWrite ? [] : [[texts.permissions, permissions.join(", ") || texts.noPermissions] as const]),
      ]}
    />
  );
  if (!mayWrite) {
    return details;
  }
  return (
    <Stack>
      {details}
      <DraftForm draft={draft} saving={save} onSave={() => save.mutate()}>
        <TextInput
          label={texts.name}
          value={draft.values.name}
          error={fieldError(save.error, "name")}
          onChange={(event) => draft.set("name", event.currentTarget.value)}
        />
        <PermissionsInput
          value={draft.values.permissions}
          onChange={(value) => draft.set("permissions", value)}
          error={fieldError(save.error, "permissions")}
        />
      </DraftForm>
      {role.key !== EVERYBODYS && (
        <>
          <Divider />
          <div>
            <ConfirmDanger
              label={texts.delete}
              title={texts.deleteTitle(name)}
              effect={<WhoLosesIt role={role} />}
              act={texts.delete}
              run={() => remove.mutateAsync()}
            />
          </div>
        </>
      )}
    </Stack>
  );
}

/** How many mappings end with the role, and how many people lose it by that. */
function WhoLosesIt({ role }: { readonly role: Role }) {
  const texts = useCatalogue(rolesTexts).roles;
  const { slug } = useOrganization();
  const mappings = useQuery(mappingsQuery(slug));
  const others = mappings.data?.filter((mapping) => mapping.role !== role.key);
  const plan = useMappingsPlan(others);
  const error = mappings.error ?? plan.error;
  if (error !== null) {
    return <ProblemAlert error={error} />;
  }
  const counts = plan.data?.pages[0]?.counts;
  if (counts === undefined || mappings.data === undefined || others === undefined) {
    return <Skeleton height={48} />;
  }
  return (
    <>
      <Text>{texts.deleteMappings(mappings.data.length - others.length, counts.lose)}</Text>
      <Text mt="xs">{texts.deleteEffect}</Text>
    </>
  );
}
