import { Alert, Checkbox, List, NumberInput, Skeleton, Stack, Text } from "@mantine/core";
import { IconAlertTriangle } from "@tabler/icons-react";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { dataOf, type Schemas } from "../../../api/client.ts";
import { fieldError, useDraft } from "../../../components/draft.ts";
import { DraftForm } from "../../../components/draft-form.tsx";
import { ProblemAlert } from "../../../components/problem-alert.tsx";
import { useCatalogue } from "../../../texts/language.tsx";
import { api } from "../../api.ts";
import { useOrganization } from "../../organization.ts";
import { useMay } from "../../session.ts";
import { retentionTexts } from "./retention-texts.ts";

type Retention = Schemas["Retention"];

const KINDS = ["deletedPeople", "loginRecords", "scimRequests", "sessions", "auditEvents"] as const;
/** What a day count begins with, where somebody ends keeping for ever. */
const FIRST_DAYS = { deletedPeople: 30, auditEvents: 365 };

/** How long what is kept; before it is saved, how much that deletes. */
export function RetentionPage() {
  const { slug } = useOrganization();
  const retention = useQuery({
    queryKey: ["retention", slug],
    queryFn: () => dataOf(api.GET("/organizations/{org}/retention", { params: { path: { org: slug } } })),
  });
  if (retention.isError) {
    return <ProblemAlert error={retention.error} onRetry={() => void retention.refetch()} />;
  }
  return retention.isSuccess ? <RetentionForm stored={retention.data} /> : <Skeleton height={320} />;
}

function RetentionForm({ stored }: { readonly stored: Retention }) {
  const texts = useCatalogue(retentionTexts);
  const { slug } = useOrganization();
  const queries = useQueryClient();
  const mayWrite = useMay("retention.write");
  const { setBy: _, bounds, ...periods } = stored;
  const draft = useDraft(periods);
  const params = { path: { org: slug } };
  const plan = useQuery({
    queryKey: ["retention-plan", slug, draft.values],
    queryFn: () => dataOf(api.POST("/organizations/{org}/retention/plan", { params, body: draft.values })),
    enabled: draft.changed,
  });
  const save = useMutation({
    mutationFn: () => dataOf(api.PUT("/organizations/{org}/retention", { params, body: draft.values })),
    onSuccess: async () => {
      await queries.invalidateQueries({ queryKey: ["retention", slug] });
      draft.discard();
    },
  });
  return (
    <DraftForm draft={draft} saving={save} onSave={save.mutate} ready={plan.isSuccess}>
      <Text c="dimmed">{texts.lead}</Text>
      {KINDS.map((kind) => {
        const { least, most } = bounds[kind];
        const days = draft.values[kind];
        const bound = texts.bounds(least, most);
        return (
          <Stack key={kind} gap="xs">
            <NumberInput
              label={texts.kinds[kind].label}
              description={`${texts.kinds[kind].help} ${bound}`}
              suffix={texts.suffix}
              value={days ?? ""}
              placeholder={texts.forEver}
              disabled={days === null}
              readOnly={!mayWrite}
              min={0}
              max={36_500}
              allowDecimal={false}
              error={fieldError(save.error, kind) ?? fieldError(plan.error, kind)}
              onChange={(value) => typeof value === "number" && draft.set(kind, value)}
            />
            {(kind === "deletedPeople" || kind === "auditEvents") && (
              <Checkbox
                label={texts.kinds[kind].forEver}
                checked={days === null}
                disabled={!mayWrite}
                onChange={({ currentTarget }) =>
                  draft.set(kind, currentTarget.checked ? null : (stored[kind] ?? FIRST_DAYS[kind]))
                }
              />
            )}
          </Stack>
        );
      })}
      {draft.changed && plan.isError && (
        <ProblemAlert error={plan.error} onRetry={() => void plan.refetch()} />
      )}
      {draft.changed && plan.isSuccess && <Plan plan={plan.data} />}
    </DraftForm>
  );
}

/** What goes within the hour once it is saved, in numbers. */
function Plan({ plan }: { readonly plan: Schemas["RetentionPlan"] }) {
  const texts = useCatalogue(retentionTexts);
  const going = KINDS.filter((kind) => plan[kind] > 0);
  return (
    <Alert
      color={going.length === 0 ? "green" : "yellow"}
      variant="light"
      role="status"
      icon={<IconAlertTriangle size={20} aria-hidden />}
    >
      <Text size="md">{going.length === 0 ? texts.nothing : texts.planned}</Text>
      {going.length > 0 && (
        <List size="md" mt="xs">
          {going.map((kind) => (
            <List.Item key={kind}>
              {texts.count(texts.kinds[kind].label, plan[kind], plan[kind] >= plan.most)}
            </List.Item>
          ))}
        </List>
      )}
    </Alert>
  );
}
