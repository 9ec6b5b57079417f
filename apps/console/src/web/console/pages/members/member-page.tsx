import { Skeleton, Stack } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useParams } from "@tanstack/react-router";
import { dataOf } from "../../../api/client.ts";
import { DetailList } from "../../../components/detail-list.tsx";
import { Id } from "../../../components/id.tsx";
import { PageHeader } from "../../../components/page-header.tsx";
import { ProblemAlert } from "../../../components/problem-alert.tsx";
import { Time } from "../../../components/time.tsx";
import { useCatalogue } from "../../../texts/language.tsx";
import { api } from "../../api.ts";
import { useOrganization } from "../../organization.ts";
import { QueryFailed } from "../../shell/query-failed.tsx";
import { ConsoleRole } from "./console-role.tsx";
import { HeldNote } from "./held-note.tsx";
import { MemberActs } from "./member-acts.tsx";
import { SignInVerdict } from "./sign-in-verdict.tsx";
import { membersTexts } from "./texts.ts";
import { WhyRoles } from "./why-roles.tsx";

/** One member: what they may do and why, and whether they can sign in. */
export function MemberPage() {
  const texts = useCatalogue(membersTexts);
  const { slug } = useOrganization();
  const { memberId } = useParams({ from: "/organizations/$org/members/$memberId" });
  const params = { path: { org: slug, memberId } };
  const member = useQuery({
    queryKey: ["members", slug, memberId],
    queryFn: () => dataOf(api.GET("/organizations/{org}/members/{memberId}", { params })),
  });
  const access = useQuery({
    queryKey: ["members", slug, memberId, "access"],
    queryFn: () => dataOf(api.GET("/organizations/{org}/members/{memberId}/access", { params })),
  });
  if (member.isError) {
    return <QueryFailed query={member} />;
  }
  if (member.data === undefined) {
    return <Skeleton height={240} />;
  }
  const { details } = texts.page;
  const { email, name, userId, id, source, groups, directory, createdAt } = member.data;
  return (
    <>
      <PageHeader
        title={email ?? name ?? texts.unnamed}
        {...(name === null ? {} : { lead: name })}
        act={<MemberActs member={member.data} />}
      />
      <Stack gap="xl" maw={720}>
        {access.isError && <ProblemAlert error={access.error} onRetry={() => void access.refetch()} />}
        {access.isPending && <Skeleton height={160} />}
        {access.data !== undefined && (
          <>
            <HeldNote held={access.data.held} />
            <SignInVerdict signIn={access.data.signIn} />
            <WhyRoles access={access.data} />
          </>
        )}
        <ConsoleRole member={member.data} />
        <DetailList
          items={[
            [details.user, <Id key="user" value={userId} />],
            [details.member, <Id key="member" value={id} />],
            [texts.columns.source, texts.source[source]],
            [details.directory, directory === null ? details.unknown : details.directoryWord[directory]],
            [details.groups, groups.length === 0 ? details.none : groups.join(", ")],
            [texts.columns.since, <Time key="since" at={createdAt} />],
          ]}
        />
      </Stack>
    </>
  );
}
