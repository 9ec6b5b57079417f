import { Button, Group, Loader, Select, Stack, Text, Title } from "@mantine/core";
import { useClipboard } from "@mantine/hooks";
import { Suspense, useEffect, useMemo, useState } from "react";
import { ApiProblem, createApi, type Setup } from "../api/client.ts";
import { BrandLogo } from "../components/brand-logo.tsx";
import { ProblemAlert } from "../components/problem-alert.tsx";
import { LANGUAGES, type Language, useLanguage, useTexts } from "../texts/texts.tsx";
import { parseProgress } from "./progress.ts";
import { SetupContext, useRemember, useStoredSetup } from "./setup-context.tsx";
import { StepList } from "./step-list.tsx";
import { STEPS, stepsOf } from "./steps.tsx";

/** `/setup/{token}/{step}`: the address of the state, so that it can be shared and reloaded. */
function readAddress() {
  const [, , token = "", step = ""] = location.pathname.split("/");
  return { token, step };
}

export function SetupPage() {
  const texts = useTexts();
  const { language, choose } = useLanguage();
  const [address, setAddress] = useState(readAddress);
  const api = useMemo(() => createApi(address.token), [address.token]);
  const stored = useStoredSetup(api);
  const remember = useRemember(api, stored.data);
  const clipboard = useClipboard();
  useEffect(() => {
    const follow = () => setAddress(readAddress());
    addEventListener("popstate", follow);
    return () => removeEventListener("popstate", follow);
  }, []);
  const organization = stored.data?.organization.name;
  useEffect(() => {
    if (organization !== undefined) {
      document.title = texts.page.title(organization);
    }
  }, [organization, texts]);

  if (stored.isPending) {
    return (
      <main className="page">
        <Loader aria-label={texts.loading} />
      </main>
    );
  }
  if (stored.isError) {
    const dead = stored.error instanceof ApiProblem && stored.error.status === 401;
    return (
      <main className="page">
        <div className="narrow">
          <Title order={1}>{dead ? texts.page.linkDead : texts.retry}</Title>
          {dead ? (
            <Text mt="sm">{texts.page.linkDeadAdvice}</Text>
          ) : (
            <ProblemAlert error={stored.error} onRetry={() => void stored.refetch()} />
          )}
        </div>
      </main>
    );
  }

  const setup = stored.data;
  const progress = parseProgress(setup.progress);
  const steps = stepsOf(setup, progress);
  const current = steps.find((step) => step === address.step) ?? steps[0] ?? "finish";
  const go = (step: string) => {
    history.pushState(null, "", `/setup/${address.token}/${step}`);
    setAddress({ token: address.token, step });
    scrollTo({ top: 0 });
  };
  const Step = STEPS[current];
  const until = new Date(setup.link.expiresAt).toLocaleDateString(language, { dateStyle: "long" });
  return (
    <SetupContext value={{ api, setup, progress, remember, go }}>
      <div className="page">
        <header>
          <Stack gap="xs">
            {setup.organization.logo !== null && (
              <BrandLogo logo={setup.organization.logo} name={setup.organization.name} />
            )}
            <Text fw={600} size="lg" className="name">
              {setup.organization.name}
            </Text>
          </Stack>
          <StepList steps={steps} current={current} onChoose={go} />
          <Text size="xs" c="dimmed" mt="lg">
            {texts.page.until(until)}
          </Text>
          {setup.operator !== null && <Operator operator={setup.operator} />}
          <Group mt="md" gap="xs">
            <Button size="compact-sm" variant="default" onClick={() => clipboard.copy(location.href)}>
              {clipboard.copied ? texts.copied : texts.page.share}
            </Button>
            <Select
              size="xs"
              w={120}
              aria-label="Language"
              allowDeselect={false}
              value={language}
              data={Object.entries(LANGUAGES).map(([value, label]) => ({ value, label }))}
              onChange={(chosen) => choose(chosen as Language)}
            />
          </Group>
        </header>
        <main>
          <Suspense fallback={<Loader aria-label={texts.loading} />}>
            <Step />
          </Suspense>
        </main>
      </div>
    </SetupContext>
  );
}

/** Whoever sends the link, and runs what is set up here. */
function Operator({ operator: { name, logo } }: { readonly operator: NonNullable<Setup["operator"]> }) {
  const texts = useTexts();
  return (
    <Stack gap={4} mt="md">
      <Text size="xs" c="dimmed">
        {texts.page.by(name)}
      </Text>
      {logo !== null && <BrandLogo logo={logo} name={name} />}
    </Stack>
  );
}
