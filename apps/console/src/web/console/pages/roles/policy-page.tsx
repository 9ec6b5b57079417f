import { Button, Group, NumberInput, Radio, Select, Skeleton, Stack, Text, Title } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { dataOf, type Schemas } from "../../../api/client.ts";
import { type Draft, fieldError, useDraft } from "../../../components/draft.ts";
import { DraftForm } from "../../../components/draft-form.tsx";
import { ProblemAlert } from "../../../components/problem-alert.tsx";
import { useCatalogue } from "../../../texts/language.tsx";
import { api } from "../../api.ts";
import { useOrganization } from "../../organization.ts";
import { useMay } from "../../session.ts";
import { AccessPlan, usePlan } from "./access-plan.tsx";
import { directoriesQuery } from "./directories.ts";
import { DirectoryOrder } from "./directory-order.tsx";
import { policyTexts } from "./policy-texts.ts";
import { allRolesQuery } from "./roles.ts";

type Policy = Schemas["AccessPolicy"];
type Patch = Schemas["AccessPolicyPatch"];

interface Values {
  readonly defaultRole: string | null;
  readonly order: readonly string[];
  readonly rolesFrom: "all" | "first";
  /** Null: as many as come. */
  readonly limit: number | null;
  readonly atLimit: "hold" | "allow";
}

/** Who gets a role without a group, whose word counts among directories, and how many may be members. */
export function PolicyPage() {
  const texts = useCatalogue(policyTexts);
  const { slug } = useOrganization();
  const policy = useQuery({
    queryKey: ["access-policy", slug],
    queryFn: () => dataOf(api.GET("/organizations/{org}/access-policy", { params: { path: { org: slug } } })),
  });
  return (
    <>
      <Text c="dimmed" maw={600} mb="md">
        {texts.lead}
      </Text>
      {policy.isError && <ProblemAlert error={policy.error} onRetry={() => void policy.refetch()} />}
      {policy.isPending && <Skeleton height={240} />}
      {policy.isSuccess && <PolicyForm policy={policy.data} />}
    </>
  );
}

function valuesOf({ defaultRole, directories, seats }: Policy): Values {
  return {
    defaultRole,
    ...{ order: directories.order, rolesFrom: directories.roles },
    ...{ limit: seats.limit, atLimit: seats.atLimit },
  };
}

/** What of the policy was changed, as the API takes it. */
function patchOf({ values, changes }: Draft<Values>): Patch {
  const { order, rolesFrom, limit, atLimit } = values;
  return {
    ...(changes.defaultRole === undefined ? {} : { defaultRole: changes.defaultRole }),
    ...(changes.order === undefined && changes.rolesFrom === undefined
      ? {}
      : { directories: { order: [...order], roles: rolesFrom } }),
    ...(changes.limit === undefined && changes.atLimit === undefined
      ? {}
      : { seats: limit === null ? null : { limit, atLimit } }),
  };
}

function PolicyForm({ policy }: { readonly policy: Policy }) {
  const texts = useCatalogue(policyTexts);
  const { slug } = useOrganization();
  const queries = useQueryClient();
  const mayWrite = useMay("access_policy.write");
  const draft = useDraft(valuesOf(policy));
  const patch = patchOf(draft);
  const params = { path: { org: slug } };
  const plan = usePlan(
    ["access-policy", slug, "plan", patch],
    (query) =>
      dataOf(
        api.POST("/organizations/{org}/access-policy/plan", { params: { ...params, query }, body: patch }),
      ),
    draft.changed && mayWrite,
  );
  const save = useMutation({
    mutationFn: () => dataOf(api.PATCH("/organizations/{org}/access-policy", { params, body: patch })),
    onSuccess: (saved) => {
      queries.setQueryData(["access-policy", slug], saved);
      draft.discard();
      return queries.invalidateQueries({ queryKey: ["members", slug] });
    },
  });
  return (
    <DraftForm draft={draft} saving={save} onSave={() => save.mutate()} ready={plan.isSuccess}>
      <DefaultRole draft={draft} mayWrite={mayWrite} error={fieldError(save.error, "defaultRole")} />
      <Directories draft={draft} mayWrite={mayWrite} />
      <Seats draft={draft} use={policy.seats} />
      {draft.changed && mayWrite && (
        <div>
          <Title order={2} size="h3" mb="sm">
            {texts.plan}
          </Title>
          <div aria-live="polite">
            <AccessPlan plan={plan} />
          </div>
        </div>
      )}
    </DraftForm>
  );
}

interface PartProps {
  readonly draft: Draft<Values>;
  readonly mayWrite: boolean;
}

function DefaultRole({ draft, mayWrite, error }: PartProps & { readonly error: string | undefined }) {
  const texts = useCatalogue(policyTexts).defaultRole;
  const { slug } = useOrganization();
  const roles = useQuery(allRolesQuery(slug));
  const choices = roles.data?.filter(({ key }) => key !== "member") ?? [];
  return (
    <Select
      label={texts.label}
      description={texts.help}
      placeholder={texts.none}
      data={choices.map(({ key, name }) => ({ value: key, label: name }))}
      searchable
      clearable={mayWrite}
      clearButtonProps={{ "aria-label": texts.none }}
      readOnly={!mayWrite}
      error={error}
      value={draft.values.defaultRole}
      onChange={(value) => draft.set("defaultRole", value)}
    />
  );
}

/** Where there are several: which comes first, and whose groups give roles. */
function Directories({ draft, mayWrite }: PartProps) {
  const texts = useCatalogue(policyTexts).directories;
  const { slug } = useOrganization();
  const mayRead = useMay("directories.read");
  const directories = useQuery({ ...directoriesQuery(slug), enabled: mayRead });
  if (directories.data === undefined || directories.data.length < 2) {
    return null;
  }
  const { order, rolesFrom } = draft.values;
  return (
    <Stack gap="sm">
      <div>
        <Text fw={600} size="sm">
          {texts.label}
        </Text>
        <Text c="dimmed" size="sm">
          {order.length === 0 ? texts.alike : texts.help}
        </Text>
      </div>
      <DirectoryOrder
        directories={directories.data}
        order={order}
        readOnly={!mayWrite}
        onChange={(changed) => draft.set("order", changed)}
      />
      {order.length > 0 && (
        <Radio.Group
          label={texts.roles}
          readOnly={!mayWrite}
          value={rolesFrom}
          onChange={(value) => draft.set("rolesFrom", value === "first" ? "first" : "all")}
        >
          <Stack gap="sm" mt="xs">
            <Radio value="all" label={texts.rolesAll} />
            <Radio value="first" label={texts.rolesFirst} />
          </Stack>
        </Radio.Group>
      )}
    </Stack>
  );
}

/** How many they may be is the operator's to say; whoever reads sees how many they are. */
function Seats({ draft, use }: { readonly draft: Draft<Values>; readonly use: Policy["seats"] }) {
  const texts = useCatalogue(policyTexts).seats;
  const maySet = useMay("organizations.seats");
  const { limit, atLimit } = draft.values;
  return (
    <Stack gap="sm">
      <Group align="flex-start">
        <NumberInput
          flex="0 1 240px"
          label={texts.label}
          description={maySet ? texts.help : texts.fixed}
          placeholder={texts.none}
          min={0}
          max={100_000_000}
          allowDecimal={false}
          allowNegative={false}
          readOnly={!maySet}
          value={limit ?? ""}
          onChange={(value) => draft.set("limit", value === "" ? null : Number(value))}
        />
        {maySet && limit !== null && (
          <Button mt={22} variant="subtle" color="gray" onClick={() => draft.set("limit", null)}>
            {texts.unlimited}
          </Button>
        )}
      </Group>
      <Text>{texts.use(use.used, use.limit, use.waiting)}</Text>
      {limit !== null && (
        <Radio.Group
          label={texts.atLimit}
          readOnly={!maySet}
          value={atLimit}
          onChange={(value) => draft.set("atLimit", value === "allow" ? "allow" : "hold")}
        >
          <Stack gap="sm" mt="xs">
            <Radio value="hold" label={texts.hold} description={texts.holdHelp} />
            <Radio value="allow" label={texts.allow} description={texts.allowHelp} />
          </Stack>
        </Radio.Group>
      )}
    </Stack>
  );
}
