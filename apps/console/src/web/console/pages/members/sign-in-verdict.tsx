import { Alert, List, Text, ThemeIcon } from "@mantine/core";
import { IconCheck, IconX } from "@tabler/icons-react";
import type { Schemas } from "../../../api/client.ts";
import { Time } from "../../../components/time.tsx";
import { useCatalogue } from "../../../texts/language.tsx";
import { membersTexts } from "./texts.ts";

type SignIn = Schemas["MemberAccess"]["signIn"];

/** Whether the member can sign in, by every check that a sign-in makes, and what to do about those that fail. */
export function SignInVerdict({ signIn }: { readonly signIn: SignIn }) {
  const texts = useCatalogue(membersTexts).signIn;
  return (
    <Alert
      variant="light"
      color={signIn.allowed ? "green" : "red"}
      title={signIn.allowed ? texts.yes : texts.no}
    >
      <List spacing="xs" listStyleType="none">
        {signIn.reasons.map((reason) => (
          <List.Item key={reason.check} icon={<Outcome passed={reason.passed} />}>
            {texts.checks[reason.check]}
            {reason.endedBy.map(({ directoryUserId, userName, deleted, decides, since }) => (
              <Text key={directoryUserId} size="sm">
                {texts.ended(userName, deleted, decides)}, <Time at={since} />
              </Text>
            ))}
            {reason.fix !== null && <Text size="sm">{reason.fix}</Text>}
          </List.Item>
        ))}
      </List>
      <Text size="sm" mt="sm">
        {signIn.lastSignIn === null ? (
          texts.never
        ) : (
          <>
            {texts.last} <Time at={signIn.lastSignIn.at} />
          </>
        )}
      </Text>
    </Alert>
  );
}

function Outcome({ passed }: { readonly passed: boolean }) {
  const texts = useCatalogue(membersTexts).signIn;
  return (
    <ThemeIcon size={18} radius="xl" color={passed ? "green.9" : "red.9"}>
      {passed ? <IconCheck size={12} aria-hidden /> : <IconX size={12} aria-hidden />}
      <span className="visually-hidden">{passed ? texts.passed : texts.failed}: </span>
    </ThemeIcon>
  );
}
