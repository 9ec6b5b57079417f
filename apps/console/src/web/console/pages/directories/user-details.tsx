import { Group, Text, Title } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { dataOf, type Schemas } from "../../../api/client.ts";
import { CodeBlock } from "../../../components/code-block.tsx";
import { DetailList } from "../../../components/detail-list.tsx";
import { Id } from "../../../components/id.tsx";
import { TextLink } from "../../../components/link.tsx";
import { ProblemAlert } from "../../../components/problem-alert.tsx";
import { Time } from "../../../components/time.tsx";
import { useCatalogue } from "../../../texts/language.tsx";
import { api } from "../../api.ts";
import { useOrganization } from "../../organization.ts";
import { useMay } from "../../session.ts";
import { Answer } from "./request-details.tsx";
import { usersTexts } from "./users-texts.ts";

interface DirectoryUserDetailsProps {
  readonly user: Schemas["DirectoryUserDetails"];
  readonly directoryId: string;
}

/** One user of a directory: whom it is, by what it is known, its groups, its attributes, and what changed it last. */
export function DirectoryUserDetails({ user, directoryId }: DirectoryUserDetailsProps) {
  const texts = useCatalogue(usersTexts);
  const { slug } = useOrganization();
  const mayReadRequests = useMay("scim_requests.read");
  const { person, groups, identifiers } = user;
  return (
    <>
      {user.held && (
        <TextLink to="/organizations/$org/roles/held-changes" params={{ org: slug }}>
          {texts.toHeldChanges}
        </TextLink>
      )}
      {user.conflicts > 0 && (
        <TextLink to="/organizations/$org/directories/conflicts" params={{ org: slug }}>
          {texts.toConflicts}
        </TextLink>
      )}
      <DetailList
        items={[
          [
            texts.person,
            person?.memberId == null ? (
              texts.nobody
            ) : (
              <TextLink
                key="member"
                to="/organizations/$org/members/$memberId"
                params={{ org: slug, memberId: person.memberId }}
              >
                {texts.toMember}
              </TextLink>
            ),
          ],
          [texts.id, <Id key="id" value={user.id} />],
          [texts.created, <Time key="created" at={user.createdAt} />],
          [texts.changed, <Time key="changed" at={user.lastModified} />],
        ]}
      />
      <Section title={texts.identifiers} lead={texts.identifiersLead}>
        <ul className="reasons">
          {identifiers.map(({ value, current }) => (
            <li key={value}>
              <code>{value}</code> {!current && texts.former}
            </li>
          ))}
        </ul>
      </Section>
      <Section title={texts.groups}>
        {groups.length === 0 ? (
          <Text c="dimmed">{texts.noGroup}</Text>
        ) : (
          <ul className="reasons">
            {groups.map(({ id, name, direct }) => (
              <li key={id}>
                {name} {!direct && texts.nested}
              </li>
            ))}
          </ul>
        )}
      </Section>
      {mayReadRequests && <LastRequests user={user} directoryId={directoryId} />}
      <Section title={texts.attributes}>
        <CodeBlock label={texts.attributes} code={JSON.stringify(user.attributes, null, 2)} />
      </Section>
    </>
  );
}

function Section(props: { readonly title: string; readonly lead?: string; readonly children: ReactNode }) {
  return (
    <div>
      <Title order={3} size="h4">
        {props.title}
      </Title>
      {props.lead !== undefined && <Text c="dimmed">{props.lead}</Text>}
      {props.children}
    </div>
  );
}

const DAY_MS = 24 * 3_600_000;
const MINUTE_MS = 60_000;
const SHOWN = 5;

/** What changed the user last: of the day before its last change, so that they are found without a look at all there are. */
function LastRequests({ user: { id, lastModified }, directoryId }: DirectoryUserDetailsProps) {
  const texts = useCatalogue(usersTexts);
  const { slug } = useOrganization();
  const last = Date.parse(lastModified);
  const requests = useQuery({
    queryKey: ["scim-requests", slug, directoryId, "of", id, lastModified],
    queryFn: () =>
      dataOf(
        api.GET("/organizations/{org}/directories/{directoryId}/scim-requests", {
          params: {
            path: { org: slug, directoryId },
            query: {
              resourceId: id,
              since: new Date(last - DAY_MS).toISOString(),
              until: new Date(last + MINUTE_MS).toISOString(),
              limit: SHOWN,
            },
          },
        }),
      ),
  });
  return (
    <Section title={texts.requests}>
      {requests.isError && <ProblemAlert error={requests.error} onRetry={() => void requests.refetch()} />}
      {requests.data?.items.length === 0 && <Text c="dimmed">{texts.noRequest}</Text>}
      <ul className="facts">
        {requests.data?.items.map((request) => (
          <li key={request.id}>
            <TextLink
              to="/organizations/$org/directories/$directoryId/requests"
              params={{ org: slug, directoryId }}
              search={{ request: request.id }}
            >
              <code>{request.method}</code> <Time at={request.createdAt} />
            </TextLink>
            <Group gap="xs">
              <Answer request={request} />
            </Group>
          </li>
        ))}
      </ul>
    </Section>
  );
}
