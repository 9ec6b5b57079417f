import { Button, Group, Stack, Text } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { dataOf, type Schemas } from "../../../api/client.ts";
import { ConfirmDanger } from "../../../components/confirm-danger.tsx";
import { ProblemAlert } from "../../../components/problem-alert.tsx";
import { useCatalogue } from "../../../texts/language.tsx";
import { api } from "../../api.ts";
import { useOrganization } from "../../organization.ts";
import { useMay } from "../../session.ts";
import { membersTexts } from "./texts.ts";

type Member = Schemas["Member"];

/** What an administrator can do to a member by hand. */
export function MemberActs({ member }: { readonly member: Member }) {
  const texts = useCatalogue(membersTexts);
  const { page } = texts;
  const { slug } = useOrganization();
  const queries = useQueryClient();
  const navigate = useNavigate();
  const params = { path: { org: slug, memberId: member.id } };
  const refresh = () => queries.invalidateQueries({ queryKey: ["members", slug] });
  const update = useMutation({
    mutationFn: (body: Schemas["MemberPatch"]) =>
      dataOf(api.PATCH("/organizations/{org}/members/{memberId}", { params, body })),
    onSuccess: refresh,
  });
  const remove = useMutation({
    mutationFn: () => dataOf(api.DELETE("/organizations/{org}/members/{memberId}", { params })),
    onSuccess: async () => {
      await navigate({ to: "/organizations/$org/members", params: { org: slug } });
      await refresh();
    },
  });
  const erase = useMutation({
    mutationFn: () => dataOf(api.POST("/organizations/{org}/members/{memberId}/erase", { params })),
    onSuccess: async () => {
      await navigate({ to: "/organizations/$org/members", params: { org: slug } });
      await refresh();
    },
  });
  const mayErase = useMay("erasure.write");
  if (!useMay("members.write")) {
    return null;
  }
  const person = member.email ?? member.name ?? texts.unnamed;
  return (
    <Group>
      {update.isError && <ProblemAlert error={update.error} />}
      {member.directory === "ended" && (
        <ConfirmDanger
          label={page.takeOver}
          title={page.takeOverTitle(person)}
          effect={page.takeOverEffect}
          act={page.takeOverAct}
          run={() => update.mutateAsync({ status: "active", takeOver: true })}
        />
      )}
      {member.status === "active" ? (
        <ConfirmDanger
          label={page.suspend}
          title={page.suspendTitle(person)}
          effect={<SessionsThatEnd userId={member.userId} />}
          act={page.suspendAct}
          run={() => update.mutateAsync({ status: "suspended" })}
        />
      ) : (
        <Button
          variant="default"
          loading={update.isPending}
          onClick={() => update.mutate({ status: "active" })}
        >
          {page.activate}
        </Button>
      )}
      <ConfirmDanger
        label={page.remove}
        title={page.removeTitle(person)}
        effect={page.removeEffect}
        act={page.removeAct}
        run={() => remove.mutateAsync()}
      />
      {mayErase && (
        <ConfirmDanger
          label={page.erase}
          title={page.eraseTitle(person)}
          effect={<WhatIsErased memberId={member.id} />}
          act={page.eraseAct}
          nameToType={person}
          run={() => erase.mutateAsync()}
        />
      )}
    </Group>
  );
}

/** What ends, in numbers, and that nothing brings it back. */
function WhatIsErased({ memberId }: { readonly memberId: string }) {
  const texts = useCatalogue(membersTexts).page;
  const { slug } = useOrganization();
  const state = useQuery({
    queryKey: ["members", slug, memberId, "erasure"],
    queryFn: () =>
      dataOf(
        api.GET("/organizations/{org}/members/{memberId}/erasure", {
          params: { path: { org: slug, memberId } },
        }),
      ),
  });
  return (
    <Stack gap="xs">
      {state.isSuccess && (
        <Text>{texts.eraseEnds(state.data.sessions, state.data.identities, state.data.directoryUsers)}</Text>
      )}
      <Text>{texts.eraseEffect}</Text>
    </Stack>
  );
}

/** How many live sessions the person has. */
function SessionsThatEnd({ userId }: { readonly userId: string }) {
  const texts = useCatalogue(membersTexts).page;
  const { slug } = useOrganization();
  const sessions = useQuery({
    queryKey: ["sessions", slug, "live", userId],
    queryFn: () =>
      dataOf(
        api.GET("/organizations/{org}/sessions", {
          params: { path: { org: slug }, query: { userId, live: "true", limit: 100 } },
        }),
      ),
  });
  return <Text>{texts.suspendEffect(sessions.data?.items.length ?? 0)}</Text>;
}
