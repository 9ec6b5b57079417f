import { Alert, Stack, Text } from "@mantine/core";
import type { Schemas } from "../../../api/client.ts";
import { CodeBlock } from "../../../components/code-block.tsx";
import { DetailList } from "../../../components/detail-list.tsx";
import { Id } from "../../../components/id.tsx";
import { StateDot } from "../../../components/state-dot.tsx";
import { Time } from "../../../components/time.tsx";
import { useCatalogue } from "../../../texts/language.tsx";
import { requestsTexts } from "./requests-texts.ts";

type ScimRequest = Schemas["ScimRequest"];

/** What a request was answered with. */
export function Answer({ request: { status } }: { readonly request: Pick<ScimRequest, "status"> }) {
  return <StateDot kind={status < 400 ? "good" : status < 500 ? "warning" : "bad"}>{status}</StateDot>;
}

/** One request with what was left out of it and why, and both bodies. */
export function RequestDetails({ request }: { readonly request: ScimRequest }) {
  const texts = useCatalogue(requestsTexts);
  const { notes, requestBody, responseBody, reconciled } = request;
  return (
    <Stack>
      {notes.length > 0 && (
        <Alert color="yellow" variant="light">
          <Text size="md" fw={600}>
            {texts.leftOut}
          </Text>
          <ul className="reasons">
            {notes.map((note) => (
              <li key={note}>{note}</li>
            ))}
          </ul>
        </Alert>
      )}
      <DetailList
        items={[
          [
            texts.request,
            <code key="request">
              {request.method} {request.path}
            </code>,
          ],
          [texts.status, <Answer key="status" request={request} />],
          [
            texts.applied,
            request.dryRun
              ? texts.onlyTried
              : reconciled === null
                ? texts.changedNothing
                : reconciled
                  ? texts.isApplied
                  : texts.isWaiting,
          ],
          [texts.took, `${request.latencyMs.toFixed(1)} ms`],
          [texts.requestId, <Id key="id" value={request.requestId} />],
          [texts.at, <Time key="at" at={request.createdAt} />],
        ]}
      />
      {requestBody !== null && <Body label={texts.sent} body={requestBody} />}
      {responseBody !== null && <Body label={texts.answered} body={responseBody} />}
    </Stack>
  );
}

function Body({ label, body }: { readonly label: string; readonly body: unknown }) {
  return (
    <div>
      <Text fw={600} mb={4}>
        {label}
      </Text>
      <CodeBlock label={label} code={JSON.stringify(body, null, 2)} />
    </div>
  );
}
