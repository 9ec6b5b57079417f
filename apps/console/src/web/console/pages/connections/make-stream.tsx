import { Button, PasswordInput, Radio, Stack, Text, Title } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { dataOf } from "../../../api/client.ts";
import { fieldError } from "../../../components/draft.ts";
import { ProblemAlert } from "../../../components/problem-alert.tsx";
import { useCatalogue } from "../../../texts/language.tsx";
import { api } from "../../api.ts";
import { useOrganization } from "../../organization.ts";
import { connectionSignalsTexts } from "./signals-texts.ts";

/** Has the gateway make the stream at the identity provider, by a token of that. */
export function MakeStream({
  connectionId,
  isThere,
}: {
  readonly connectionId: string;
  readonly isThere: boolean;
}) {
  const texts = useCatalogue(connectionSignalsTexts).make;
  const { slug } = useOrganization();
  const queries = useQueryClient();
  const [mode, setMode] = useState<"push" | "poll">("push");
  const [accessToken, setAccessToken] = useState("");
  const make = useMutation({
    mutationFn: () =>
      dataOf(
        api.PUT("/organizations/{org}/connections/{connectionId}/signals/stream", {
          params: { path: { org: slug, connectionId } },
          body: { mode, accessToken },
        }),
      ),
    onSuccess: () => setAccessToken(""),
    onSettled: () => queries.invalidateQueries({ queryKey: ["connections", slug, connectionId, "signals"] }),
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    make.mutate();
  };
  const tokenError = fieldError(make.error, "accessToken");
  return (
    <form onSubmit={submit} aria-labelledby="make-stream">
      <Title order={3} size="h4" id="make-stream">
        {isThere ? texts.again : texts.title}
      </Title>
      <Text c="dimmed" size="sm" mb="sm">
        {texts.lead}
      </Text>
      <Stack>
        <Radio.Group
          label={texts.mode}
          value={mode}
          onChange={(value) => setMode(value === "poll" ? "poll" : "push")}
        >
          <Stack gap="xs" mt={4}>
            <Radio value="push" label={texts.push} />
            <Radio value="poll" label={texts.poll} />
          </Stack>
        </Radio.Group>
        <PasswordInput
          label={texts.token}
          description={texts.tokenHelp}
          value={accessToken}
          autoComplete="off"
          error={tokenError}
          onChange={(event) => setAccessToken(event.currentTarget.value)}
        />
        {make.isError && tokenError === undefined && <ProblemAlert error={make.error} />}
        <div>
          <Button type="submit" loading={make.isPending} disabled={accessToken === ""}>
            {isThere ? texts.actAgain : texts.act}
          </Button>
        </div>
      </Stack>
    </form>
  );
}
