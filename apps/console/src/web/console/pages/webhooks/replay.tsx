import { Button, Radio, Stack, Text } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { dataOf } from "../../../api/client.ts";
import { ProblemAlert } from "../../../components/problem-alert.tsx";
import { useCatalogue } from "../../../texts/language.tsx";
import { api } from "../../api.ts";
import { webhooksTexts } from "./texts.ts";

const HOUR_MS = 3_600_000;
const SINCE = { hour: HOUR_MS, day: 24 * HOUR_MS, week: 7 * 24 * HOUR_MS, month: 30 * 24 * HOUR_MS } as const;
type Since = keyof typeof SINCE;
const WHICH = ["undelivered", "all"] as const;

/** Has an endpoint told again of what happened since a time. */
export function Replay({ endpointId, onDone }: { readonly endpointId: string; onDone(): void }) {
  const texts = useCatalogue(webhooksTexts).replay;
  const queries = useQueryClient();
  const [since, setSince] = useState<Since>("day");
  const [which, setWhich] = useState<(typeof WHICH)[number]>("undelivered");
  const replay = useMutation({
    mutationFn: () => replayAll(endpointId, new Date(Date.now() - SINCE[since]).toISOString(), which),
    onSuccess: () => queries.invalidateQueries({ queryKey: ["webhooks", endpointId] }),
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    replay.mutate();
  };
  if (replay.data !== undefined) {
    return (
      <Stack>
        <Text role="status">{texts.done(replay.data)}</Text>
        <div>
          <Button variant="default" onClick={onDone}>
            {texts.close}
          </Button>
        </div>
      </Stack>
    );
  }
  return (
    <form onSubmit={submit}>
      <Stack>
        <Text c="dimmed">{texts.lead}</Text>
        <Radio.Group
          label={texts.since}
          value={since}
          onChange={(value) =>
            setSince((Object.keys(SINCE) as Since[]).find((each) => each === value) ?? since)
          }
        >
          <Stack gap="xs" mt="xs">
            {(Object.keys(SINCE) as Since[]).map((value) => (
              <Radio key={value} value={value} label={texts.times[value]} />
            ))}
          </Stack>
        </Radio.Group>
        <Radio.Group
          label={texts.which}
          value={which}
          onChange={(value) => setWhich(WHICH.find((each) => each === value) ?? which)}
        >
          <Stack gap="xs" mt="xs">
            {WHICH.map((value) => (
              <Radio key={value} value={value} label={texts.kinds[value]} />
            ))}
          </Stack>
        </Radio.Group>
        {replay.isError && <ProblemAlert error={replay.error} />}
        <div>
          <Button type="submit" loading={replay.isPending}>
            {texts.act}
          </Button>
        </div>
      </Stack>
    </form>
  );
}

/** Asks on until all of the time was looked at. Resolves to how many deliveries are made. */
async function replayAll(
  webhookEndpointId: string,
  since: string,
  deliveries: (typeof WHICH)[number],
): Promise<number> {
  const until = new Date().toISOString();
  let total = 0;
  let cursor: string | undefined;
  do {
    const answer = await dataOf(
      api.POST("/webhook-endpoints/{webhookEndpointId}/replay", {
        params: { path: { webhookEndpointId } },
        body: { since, until, deliveries, ...(cursor === undefined ? {} : { cursor }) },
      }),
    );
    total += answer.deliveries;
    cursor = answer.nextCursor ?? undefined;
  } while (cursor !== undefined);
  return total;
}
