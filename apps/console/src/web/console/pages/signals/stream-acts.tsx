import { Button, Group, Stack, TextInput } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { dataOf, type Schemas } from "../../../api/client.ts";
import { ConfirmDanger } from "../../../components/confirm-danger.tsx";
import { useSearchParams } from "../../../components/search-params.ts";
import { useCatalogue } from "../../../texts/language.tsx";
import { api } from "../../api.ts";
import { nameOf, type Stream } from "./stream.ts";
import { signalsTexts } from "./texts.ts";

/** What an operator can do to a stream. */
export function StreamActs({ stream }: { readonly stream: Stream }) {
  const texts = useCatalogue(signalsTexts);
  const { acts } = texts;
  const { change } = useSearchParams();
  const queries = useQueryClient();
  const [reason, setReason] = useState("");
  const params = { path: { applicationId: stream.application.id, signalStreamId: stream.id } };
  const refresh = () => queries.invalidateQueries({ queryKey: ["signals"] });
  const onError = (error: Error) => notifications.show({ color: "red", message: error.message });
  const setStatus = (body: Schemas["SignalStreamStatusChange"]) =>
    dataOf(
      api.POST("/applications/{applicationId}/signal-streams/{signalStreamId}/status", { params, body }),
    );
  const enable = useMutation({
    mutationFn: () => setStatus({ status: "enabled" }),
    onSuccess: refresh,
    onError,
  });
  const verify = useMutation({
    mutationFn: () =>
      dataOf(
        api.POST("/applications/{applicationId}/signal-streams/{signalStreamId}/verification", { params }),
      ),
    onSuccess: () => {
      notifications.show({ message: acts.verified });
      return refresh();
    },
    onError,
  });
  const name = nameOf(stream, texts);
  return (
    <Group gap="xs">
      {stream.status !== "enabled" && (
        <Button loading={enable.isPending} onClick={() => enable.mutate()}>
          {acts.resume}
        </Button>
      )}
      {stream.state === "failing" && (
        <Button loading={enable.isPending} onClick={() => enable.mutate()}>
          {acts.retry}
        </Button>
      )}
      {stream.status !== "disabled" && (
        <Button
          variant={stream.state === "delivering" ? "filled" : "default"}
          loading={verify.isPending}
          onClick={() => verify.mutate()}
        >
          {acts.verify}
        </Button>
      )}
      {stream.status === "enabled" && (
        <ConfirmDanger
          label={acts.pause}
          title={acts.pauseTitle(name)}
          effect={
            <Stack>
              {acts.pauseEffect(stream.waiting.events)}
              <TextInput
                label={acts.reason}
                description={acts.reasonHelp}
                value={reason}
                maxLength={500}
                onChange={(event) => setReason(event.currentTarget.value)}
              />
            </Stack>
          }
          act={acts.pause}
          run={async () => {
            await setStatus({ status: "paused", reason: reason.trim() === "" ? null : reason.trim() });
            setReason("");
            await refresh();
          }}
        />
      )}
      <ConfirmDanger
        label={acts.remove}
        title={acts.removeTitle(name)}
        effect={acts.removeEffect(stream.waiting.events)}
        act={acts.remove}
        run={async () => {
          await dataOf(
            api.DELETE("/applications/{applicationId}/signal-streams/{signalStreamId}", { params }),
          );
          change({ stream: undefined });
          await refresh();
        }}
      />
    </Group>
  );
}
