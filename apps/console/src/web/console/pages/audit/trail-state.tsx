import { Alert, Button, Group, Stack, Text } from "@mantine/core";
import { IconShieldCheck, IconShieldX } from "@tabler/icons-react";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import type { Schemas } from "../../../api/client.ts";
import { CodeBlock } from "../../../components/code-block.tsx";
import { CopyField } from "../../../components/copy-field.tsx";
import { DetailList } from "../../../components/detail-list.tsx";
import { Id } from "../../../components/id.tsx";
import { ProblemAlert } from "../../../components/problem-alert.tsx";
import { useSearchParams } from "../../../components/search-params.ts";
import { SidePanel } from "../../../components/side-panel.tsx";
import { StateDot } from "../../../components/state-dot.tsx";
import { Time } from "../../../components/time.tsx";
import { useCatalogue } from "../../../texts/language.tsx";
import { auditTexts } from "./texts.ts";

type Trail = Schemas["AuditTrail"];
type Verification = Schemas["AuditTrailVerification"];
type Report = NonNullable<Verification["report"]>;

/** The trail of an organization, or of what belongs to none. */
export interface TrailCalls {
  load(): Promise<Trail>;
  verify(): Promise<Verification>;
}

/** While a verification is to be done or under way. */
const LOOK_AGAIN_MS = 1_000;

/** How far the events are sealed, what the last verification found, and the way to another one. */
export function TrailState({ name, calls }: { readonly name: string; readonly calls: TrailCalls }) {
  const texts = useCatalogue(auditTexts).trail;
  const { params, change } = useSearchParams();
  const queries = useQueryClient();
  const queryKey = ["audit-trail", name];
  const trail = useQuery({
    queryKey,
    queryFn: calls.load,
    refetchInterval: ({ state }) => (isUnderWay(state.data?.verification) ? LOOK_AGAIN_MS : false),
  });
  const verify = useMutation({
    mutationFn: calls.verify,
    onSuccess: () => queries.invalidateQueries({ queryKey }),
  });
  if (trail.data === undefined) {
    return trail.error === null ? null : <ProblemAlert error={trail.error} />;
  }
  const { verification, lastVerification, anchors } = trail.data;
  const report = lastVerification?.report ?? null;
  const isBad = report?.intact === false;
  const failing = anchors.find(({ failingSince }) => failingSince !== null)?.failingSince ?? null;
  return (
    <>
      <Alert
        mb="md"
        color={isBad ? "red" : "gray"}
        variant="light"
        icon={isBad ? <IconShieldX size={20} aria-hidden /> : <IconShieldCheck size={20} aria-hidden />}
      >
        <Group justify="space-between" gap="sm">
          <div role="status">
            {isUnderWay(verification) && (
              <Text size="md">
                <StateDot kind="neutral">
                  {texts.running(verification?.checked ?? 0, verification?.total ?? 0)}
                </StateDot>
              </Text>
            )}
            {(lastVerification !== null || verification === null) && (
              <Text size="md">
                <Verdict verification={lastVerification} />
              </Text>
            )}
            {failing !== null && (
              <Text size="md">
                <StateDot kind="warning">
                  {texts.anchorFails} <Time at={failing} />
                </StateDot>
              </Text>
            )}
            <Text size="sm" c="dimmed">
              {texts.sealed(trail.data.sealedThrough, trail.data.unsealed)}
              {trail.data.lastSealedAt !== null && (
                <>
                  {" · "}
                  <Time at={trail.data.lastSealedAt} />
                </>
              )}
            </Text>
          </div>
          <Group gap="xs">
            <Button size="xs" variant="default" onClick={() => change({ trail: "open", event: undefined })}>
              {texts.details}
            </Button>
            <Button
              size="xs"
              variant="default"
              loading={verify.isPending || isUnderWay(verification)}
              onClick={() => verify.mutate()}
            >
              {texts.verify}
            </Button>
          </Group>
        </Group>
      </Alert>
      {verify.error !== null && <ProblemAlert error={verify.error} />}
      <SidePanel
        title={texts.title}
        opened={params.trail !== undefined}
        onClose={() => change({ trail: undefined })}
      >
        <TrailDetails trail={trail.data} report={report} />
      </SidePanel>
    </>
  );
}

function isUnderWay(verification: Verification | null | undefined): boolean {
  return verification !== null && verification !== undefined && verification.state !== "finished";
}

function Verdict({ verification }: { readonly verification: Verification | null }) {
  const texts = useCatalogue(auditTexts).trail;
  if (verification === null) {
    return <StateDot kind="neutral">{texts.never}</StateDot>;
  }
  const { report, finishedAt } = verification;
  if (report === null || finishedAt === null) {
    return null;
  }
  return (
    <StateDot kind={report.intact ? "good" : "bad"}>
      {report.intact ? texts.intact(report.verified) : texts.tampered(report.problemCount)}{" "}
      <Time at={finishedAt} />
    </StateDot>
  );
}

function TrailDetails({ trail, report }: { readonly trail: Trail; readonly report: Report | null }) {
  const texts = useCatalogue(auditTexts).trail;
  return (
    <Stack>
      {report?.intact === false && <Problems report={report} />}
      <DetailList
        items={[
          [texts.seals, trail.seals],
          [texts.sealedThrough, trail.sealedThrough],
          [texts.unsealed, trail.unsealed],
          ...(report === null
            ? []
            : ([
                [texts.verified, report.verified],
                ...(report.erased > 0 ? [[texts.erased, report.erased] as const] : []),
                ...(report.removed > 0 ? [[texts.removed, report.removed] as const] : []),
                ...(report.beforeTrail > 0 ? [[texts.beforeTrail, report.beforeTrail] as const] : []),
              ] as const)),
        ]}
      />
      {trail.hash !== null && (
        <div>
          <CopyField label={texts.hash} value={trail.hash} />
          <Text size="sm" c="dimmed" mt={4}>
            {texts.hashNote}
          </Text>
        </div>
      )}
      <section>
        <Text size="sm" fw={500} mb={4}>
          {texts.anchors}
        </Text>
        {trail.anchors.length === 0 ? (
          <Text size="sm" c="dimmed">
            {texts.noAnchors}
          </Text>
        ) : (
          <ul className="facts">
            {trail.anchors.map((anchor) => (
              <li key={`${anchor.kind} ${anchor.place}`}>
                <Anchor anchor={anchor} />
              </li>
            ))}
          </ul>
        )}
      </section>
      {trail.keys.map((key) => (
        <div key={key.id}>
          <Text size="sm" fw={500} mb={4}>
            {key.retiredAt === null ? texts.key : texts.retiredKey}
          </Text>
          <CodeBlock label={texts.key} code={JSON.stringify({ kid: key.id, ...key.publicJwk }, null, 2)} />
        </div>
      ))}
    </Stack>
  );
}

function Anchor({ anchor }: { readonly anchor: Trail["anchors"][number] }) {
  const texts = useCatalogue(auditTexts).trail;
  const { kind, place, seal, anchoredAt, failingSince, lastError } = anchor;
  return (
    <div>
      <Text size="md">
        {texts.anchorKinds[kind]}
        {place !== null && (
          <>
            {" "}
            <code>{place}</code>
          </>
        )}
      </Text>
      <Text size="sm" c="dimmed">
        {seal === null || anchoredAt === null ? (
          texts.notAnchored
        ) : (
          <>
            {texts.anchoredSeal(seal)} <Time at={anchoredAt} />
          </>
        )}
      </Text>
      {failingSince !== null && (
        <StateDot kind="bad">
          {texts.failsSince} <Time at={failingSince} />
          {lastError !== null && `: ${lastError}`}
        </StateDot>
      )}
    </div>
  );
}

function Problems({ report }: { readonly report: Report }) {
  const texts = useCatalogue(auditTexts).trail;
  const known: Readonly<Record<string, string>> = texts.problems;
  return (
    <Alert color="red" variant="light" title={texts.tampered(report.problemCount)}>
      <Stack component="ul" gap="xs" m={0} pl="md">
        {report.problems.map((problem) => (
          <li key={`${problem.code} ${problem.sequence} ${problem.seal} ${problem.eventId}`}>
            <Text size="md">{known[problem.code] ?? problem.message}</Text>
            <Text size="sm" c="dimmed">
              {problem.sequence !== null && texts.atEvent(problem.sequence, problem.lastSequence)}{" "}
              {problem.seal !== null && texts.atSeal(problem.seal)}{" "}
              {problem.eventId !== null && <Id value={problem.eventId} />}
            </Text>
          </li>
        ))}
      </Stack>
      {report.problemCount > report.problems.length && (
        <Text size="sm">{texts.more(report.problemCount - report.problems.length)}</Text>
      )}
    </Alert>
  );
}
