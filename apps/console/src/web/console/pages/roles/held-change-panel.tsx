import { Button, Group, Stack, Text } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { dataOf, type Schemas } from "../../../api/client.ts";
import { ConfirmDanger } from "../../../components/confirm-danger.tsx";
import { ProblemAlert } from "../../../components/problem-alert.tsx";
import { StateDot, type StateKind } from "../../../components/state-dot.tsx";
import { Time } from "../../../components/time.tsx";
import { useCatalogue } from "../../../texts/language.tsx";
import { api } from "../../api.ts";
import { useOrganization } from "../../organization.ts";
import { useMay } from "../../session.ts";
import { AccessPlan, usePlan } from "./access-plan.tsx";
import { rolesTexts } from "./texts.ts";

export type HeldChange = Schemas["HeldChange"];

const KINDS: Readonly<Record<HeldChange["status"], StateKind>> = {
  held: "warning",
  confirmed: "good",
  rejected: "neutral",
  withdrawn: "neutral",
};

/** The name of the directory, or of the connection, whose change it is. */
export function ownerOf({ directory, connection }: Pick<HeldChange, "directory" | "connection">): string {
  return (directory ?? connection)?.name ?? "";
}

export function HeldState({ held }: { readonly held: HeldChange }) {
  const texts = useCatalogue(rolesTexts).held;
  return <StateDot kind={KINDS[held.status]}>{texts.status[held.status]}</StateDot>;
}

/** One held change: what it would do now, and the decision. */
export function HeldChangePanel({ held }: { readonly held: HeldChange }) {
  const texts = useCatalogue(rolesTexts).held;
  const { slug } = useOrganization();
  const queries = useQueryClient();
  const mayDecide = useMay("held_changes.write");
  const params = { path: { org: slug, heldChangeId: held.id } };
  const ofSignals = held.connection !== null;
  // A rejected one may be confirmed after all.
  const isOpen = held.status === "held" || held.status === "rejected";
  const plan = usePlan(
    ["held-changes", slug, held.id, "plan"],
    (query) =>
      dataOf(
        api.GET("/organizations/{org}/held-changes/{heldChangeId}/plan", { params: { ...params, query } }),
      ),
    isOpen,
  );
  const refresh = () => queries.invalidateQueries({ queryKey: ["held-changes", slug] });
  const confirm = useMutation({
    mutationFn: () =>
      dataOf(api.POST("/organizations/{org}/held-changes/{heldChangeId}/confirm", { params })),
    onSuccess: refresh,
  });
  const reject = useMutation({
    mutationFn: () => dataOf(api.POST("/organizations/{org}/held-changes/{heldChangeId}/reject", { params })),
    onSuccess: refresh,
  });
  const counts = plan.data?.pages[0]?.counts;
  return (
    <Stack>
      <Group justify="space-between">
        <Text fw={600}>{ownerOf(held)}</Text>
        <HeldState held={held} />
      </Group>
      <Text>{(ofSignals ? texts.explainedOfSignals : texts.explained)[held.status]}</Text>
      <Text c="dimmed">
        {texts.came} <Time at={held.createdAt} />
        {held.decidedAt !== null && (
          <>
            , {texts.decided} <Time at={held.decidedAt} />
          </>
        )}
      </Text>
      {isOpen && <AccessPlan plan={plan} />}
      {reject.isError && <ProblemAlert error={reject.error} />}
      {mayDecide && isOpen && (
        <Group>
          {held.status === "held" && (
            <Button loading={reject.isPending} onClick={() => reject.mutate()}>
              {texts.reject}
            </Button>
          )}
          {counts !== undefined && (
            <ConfirmDanger
              label={texts.confirm}
              title={texts.confirmTitle(ownerOf(held))}
              effect={ofSignals ? texts.confirmEffectOfSignals(counts) : texts.confirmEffect(counts)}
              act={ofSignals ? texts.confirmActOfSignals : texts.confirmAct}
              run={() => confirm.mutateAsync()}
            />
          )}
        </Group>
      )}
    </Stack>
  );
}
