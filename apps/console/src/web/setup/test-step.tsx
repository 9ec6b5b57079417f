import { Button, Group, Stack, Text, Title } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { dataOf } from "../api/client.ts";
import { ProblemAlert } from "../components/problem-alert.tsx";
import { TestLogin } from "../connecting/test-login.tsx";
import { useTestLogin } from "../connecting/use-test-login.ts";
import { fieldOf } from "../guides/fields-to-change.ts";
import { useTexts } from "../texts/texts.tsx";
import { useConnectionChanged, useDraft, useReplaced } from "./connection-draft.ts";
import { useConnection, useProductName, useSetup } from "./setup-context.tsx";

const SLOW_AFTER_MS = 60_000;

export function TestStep() {
  const texts = useTexts();
  const { api, setup, progress, remember, go } = useSetup();
  const queries = useQueryClient();
  const { data: connection } = useConnection();
  const path = { org: setup.organization.id, connectionId: setup.connection.id };
  const { data: draft } = useDraft();
  const { data: replaced } = useReplaced();
  const changed = useConnectionChanged();
  const params = { path };

  const login = useTestLogin(api, path, draft == null ? "connection" : "draft");
  const activate = useMutation({
    mutationFn: (status: "active" | "disabled") =>
      dataOf(
        draft == null
          ? api.PATCH("/organizations/{org}/connections/{connectionId}", { params, body: { status } })
          : api.POST("/organizations/{org}/connections/{connectionId}/draft/activate", { params, body: {} }),
      ),
    onSuccess: changed,
  });
  const disable = useMutation({
    mutationFn: () =>
      dataOf(
        api.PATCH("/organizations/{org}/connections/{connectionId}", {
          params,
          body: { status: "disabled" },
        }),
      ),
    onSuccess: changed,
  });
  const revert = useMutation({
    mutationFn: () => dataOf(api.POST("/organizations/{org}/connections/{connectionId}/revert", { params })),
    onSuccess: changed,
  });
  const discard = useMutation({
    mutationFn: () => dataOf(api.DELETE("/organizations/{org}/connections/{connectionId}/draft", { params })),
    onSuccess: () => queries.invalidateQueries({ queryKey: ["draft", path.connectionId] }),
  });
  const succeeded = login.over?.outcome === "success";
  const unremembered = succeeded && progress.tested !== true;
  // biome-ignore lint/correctness/useExhaustiveDependencies: `remember` is made anew at each render
  useEffect(() => {
    if (unremembered) {
      remember({ tested: true });
    }
  }, [unremembered]);
  const active = connection?.status === "active";
  const { test, over } = login;
  const slow = useIsOlder(test !== null && over === null ? test.createdAt : null, SLOW_AFTER_MS);
  const product = { id: progress.product ?? "generic", name: useProductName() };

  return (
    <Stack className="narrow">
      <Title order={1}>{texts.test.title}</Title>
      <Text>{draft == null ? texts.test.lead : texts.test.leadDraft}</Text>
      <TestLogin
        login={login}
        product={product}
        disabled={connection == null}
        primary={!succeeded}
        waiting={slow && <NoAnswer />}
      />
      {[activate.error, disable.error, revert.error, discard.error].map(
        (error) => error !== null && <ProblemAlert key={error.message} error={error} />,
      )}
      {active && draft == null ? (
        <Group>
          <Text c="var(--good-text)" fw={500}>
            {texts.test.active}
          </Text>
          {replaced != null && (
            <Button variant="default" loading={revert.isPending} onClick={() => revert.mutate()}>
              {texts.test.revert}
            </Button>
          )}
          <Button variant="subtle" color="gray" onClick={() => disable.mutate()}>
            {texts.test.deactivate}
          </Button>
        </Group>
      ) : (
        <Group>
          <Button
            disabled={!(draft == null ? progress.tested === true : draft.tested || succeeded)}
            loading={activate.isPending}
            onClick={() => activate.mutate("active")}
          >
            {draft == null ? texts.test.activate : texts.test.activateDraft}
          </Button>
          {draft != null && (
            <Button variant="subtle" color="gray" onClick={() => discard.mutate()}>
              {texts.test.discardDraft}
            </Button>
          )}
        </Group>
      )}
      <Group>
        <Button variant="default" onClick={() => go("connect")}>
          {texts.back}
        </Button>
        {active && (
          <Button onClick={() => go(setup.link.intents.includes("domain") ? "domain" : "finish")}>
            {texts.next}
          </Button>
        )}
      </Group>
    </Stack>
  );
}

/** What most likely holds the sign-in at the IdP, which tells us nothing of it. */
function NoAnswer() {
  const texts = useTexts();
  const { progress } = useSetup();
  const name = useProductName();
  const product = progress.product ?? "generic";
  const fields = (
    ["assignment", progress.protocol === "oidc" ? "redirectUri" : "recipient"] as const
  ).flatMap((fault) => fieldOf(product, fault) ?? []);
  return <Text mt="sm">{texts.test.noAnswer(name, fields)}</Text>;
}

/** Whether a time was so long ago; says so when it comes to be. */
function useIsOlder(time: string | null, ageMs: number): boolean {
  const [older, setOlder] = useState<string | null>(null);
  useEffect(() => {
    if (time === null) {
      return;
    }
    const timer = setTimeout(() => setOlder(time), Math.max(0, Date.parse(time) + ageMs - Date.now()));
    return () => clearTimeout(timer);
  }, [time, ageMs]);
  return time !== null && older === time;
}
