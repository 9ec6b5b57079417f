import { Stack, Text, Title } from "@mantine/core";
import type { Schemas } from "../../../api/client.ts";
import { Id } from "../../../components/id.tsx";
import { Time } from "../../../components/time.tsx";
import { useCatalogue } from "../../../texts/language.tsx";
import { type MembersTexts, membersTexts } from "./texts.ts";

type Access = Schemas["MemberAccess"];
type Reason = Schemas["RoleReason"];

/** Each role of a member with the chain of reasons that gives it, and the permissions that come of them. */
export function WhyRoles({ access }: { readonly access: Access }) {
  const texts = useCatalogue(membersTexts).why;
  return (
    <section>
      <Title order={2} size="h3" mb="sm">
        {texts.title}
      </Title>
      <Stack gap="md">
        {access.roles.map(({ key, name, reasons }) => (
          <div key={key}>
            <Text fw={600}>
              {name} <code>{key}</code>
            </Text>
            <ul className="reasons">
              {reasons.map((reason) => (
                <li key={JSON.stringify(reason)}>
                  <ReasonLine reason={reason} />
                </li>
              ))}
            </ul>
          </div>
        ))}
      </Stack>
      <Title order={3} size="h4" mt="lg" mb="xs">
        {texts.permissions}
      </Title>
      {access.permissions.length === 0 ? (
        <Text c="dimmed">{texts.noPermissions}</Text>
      ) : (
        <ul className="reasons">
          {access.permissions.map(({ permission, roles }) => (
            <li key={permission}>
              <code>{permission}</code> ← {roles.join(", ")}
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}

function ReasonLine({ reason }: { readonly reason: Reason }) {
  const texts = useCatalogue(membersTexts).why;
  return (
    <>
      {chainOf(reason, texts)}, {texts.since} <Time at={reason.since} />
      {reason.type === "group" && reason.requestId !== null && (
        <>
          {" "}
          {texts.request} <Id value={reason.requestId} />
        </>
      )}
    </>
  );
}

/** "Okta → Engineering → All staff → mapping All staff": from where it comes to what gives the role. */
export function chainOf(reason: Reason, texts: MembersTexts["why"]): string {
  switch (reason.type) {
    case "membership":
      return texts.membership;
    case "hand":
      return texts.hand;
    case "signIn":
      return texts.signIn(reason.group, reason.mapped);
    case "default":
      return texts.byDefault;
    case "outdated":
      return texts.outdated;
    case "group":
      return [
        reason.directory.name,
        ...reason.groups.map(({ name }) => name),
        reason.mapping === null ? texts.bound : mappingOf(reason.mapping, reason.match, texts),
      ].join(" → ");
  }
}

function mappingOf(group: string, match: "exact" | "prefix" | "pattern", texts: MembersTexts["why"]): string {
  return match === "exact" ? texts.mapping(group) : texts[match](group);
}
