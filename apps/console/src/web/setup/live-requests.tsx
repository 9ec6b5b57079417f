import { Badge, Table, Text, Title } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { ApiProblem } from "../api/client.ts";
import { useLanguage, useTexts } from "../texts/texts.tsx";
import { followRequests, type LiveRequest } from "./follow-requests.ts";
import { useSetup } from "./setup-context.tsx";

const MOST_SHOWN = 100;

/** The requests of the directory as they come. */
export function LiveRequests({ directoryId }: { readonly directoryId: string }) {
  const texts = useTexts();
  const { language } = useLanguage();
  const { requests, state, refusal } = useLiveRequests(directoryId);
  const changed = (kind: "users" | "groups") =>
    new Set(requests.flatMap((request) => request.changed[kind])).size;
  return (
    <section aria-label={texts.directory.live}>
      <Title order={2}>{texts.directory.live}</Title>
      <Text size="sm" c={state === "broken" ? "red" : "dimmed"} role="status">
        {texts.directory[state]} {refusal}
      </Text>
      {requests.length === 0 ? (
        <Text mt="sm">{texts.directory.nothing}</Text>
      ) : (
        <>
          <Text mt="sm">{texts.directory.counts(changed("users"), changed("groups"))}</Text>
          <Table mt="sm" verticalSpacing="xs">
            <Table.Thead>
              <Table.Tr>
                <Table.Th>{texts.directory.request}</Table.Th>
                <Table.Th>{texts.directory.answer}</Table.Th>
                <Table.Th>{texts.directory.when}</Table.Th>
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {requests.map((request) => (
                <Table.Tr key={request.id}>
                  <Table.Td>
                    <Text ff="monospace" size="sm">
                      {request.method} {request.path}
                    </Text>
                    {request.notes.map((note) => (
                      <Text key={note} size="sm" c="dimmed">
                        {note}
                      </Text>
                    ))}
                  </Table.Td>
                  <Table.Td>
                    <Badge color={request.status < 400 ? "green" : "red"} variant="dot">
                      {request.status}
                    </Badge>
                  </Table.Td>
                  <Table.Td>{new Date(request.createdAt).toLocaleTimeString(language)}</Table.Td>
                </Table.Tr>
              ))}
            </Table.Tbody>
          </Table>
        </>
      )}
    </section>
  );
}

/** The newest first. */
function useLiveRequests(directoryId: string) {
  const { api, setup } = useSetup();
  const queries = useQueryClient();
  const org = setup.organization.id;
  const [requests, setRequests] = useState<readonly LiveRequest[]>([]);
  const [state, setState] = useState<"connecting" | "watching" | "broken">("connecting");
  const [refusal, setRefusal] = useState("");
  useEffect(() => {
    const gone = new AbortController();
    void followRequests(
      api,
      { org, directoryId },
      {
        onOpen() {
          setState("watching");
          setRefusal("");
        },
        onRequest: (request) => setRequests((known) => withNewest(known, request)),
        onBroken(error) {
          setState("broken");
          setRefusal(error instanceof ApiProblem ? error.message : "");
        },
      },
      gone.signal,
    );
    return () => gone.abort();
  }, [api, org, directoryId]);
  // The list of steps has the directory done once something has come.
  const some = requests.length > 0;
  useEffect(() => {
    if (some) {
      void queries.invalidateQueries({ queryKey: ["pushed", directoryId] });
    }
  }, [queries, some, directoryId]);
  return { requests, state, refusal };
}

/** A request may be told twice. */
function withNewest(known: readonly LiveRequest[], request: LiveRequest): readonly LiveRequest[] {
  return known.some(({ id }) => id === request.id) ? known : [request, ...known].slice(0, MOST_SHOWN);
}
