import { Stack, Text } from "@mantine/core";
import type { Schemas } from "../api/client.ts";
import { useCatalogue } from "../texts/language.tsx";
import { componentTexts } from "./texts.ts";
import { Time } from "./time.tsx";

/** How often a page looks whether the gateway has seen a record. */
export const DOMAIN_CHECK_MS = 15_000;

/** What the last look for a domain's record came to, and when the gateway looks again by itself. */
export function DomainCheck({ domain }: { readonly domain: Schemas["Domain"] }) {
  const texts = useCatalogue(componentTexts).domainCheck;
  const { lastCheck, nextCheckAt } = domain;
  return (
    <Stack gap={4} aria-live="polite">
      {lastCheck !== null && (
        <Text size="sm" c={lastCheck.outcome === "taken" ? "var(--bad-text)" : "dimmed"}>
          {texts.last} <Time at={lastCheck.at} />: {texts.outcome[lastCheck.outcome]}
        </Text>
      )}
      <Text size="sm" c="dimmed">
        {nextCheckAt === null ? (
          texts.stopped
        ) : (
          <>
            {texts.next} <Time at={nextCheckAt} />
          </>
        )}
      </Text>
    </Stack>
  );
}
