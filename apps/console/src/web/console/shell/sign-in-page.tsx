import { Anchor, Button, Collapse, PasswordInput, Stack, Text, TextInput, Title } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useEffect, useState } from "react";
import { ProblemAlert } from "../../components/problem-alert.tsx";
import { useCatalogue } from "../../texts/language.tsx";
import { isSignedOut } from "../api.ts";
import { sessionQuery, signInAddress, signInByRootKey } from "../session.ts";
import { shellTexts } from "./texts.ts";

/** In place of a page for whoever is not signed in; the address stays, to be come back to. */
export function SignInPage() {
  const texts = useCatalogue(shellTexts);
  const [typed, setTyped] = useState("");
  const [otherWay, { toggle }] = useDisclosure();
  useEffect(() => {
    document.title = `${texts.signIn.title} · Sallyport`;
  }, [texts]);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    location.assign(signInAddress(typed.trim(), location.pathname + location.search));
  };
  return (
    <main className="sign-in">
      <Stack>
        <Text c="dimmed" fw={500}>
          Sallyport
        </Text>
        <Title order={1} size="h2">
          {texts.signIn.title}
        </Title>
        <form onSubmit={submit}>
          <Stack>
            <TextInput
              label={texts.signIn.label}
              description={texts.signIn.help}
              value={typed}
              autoComplete="username"
              onChange={(event) => setTyped(event.currentTarget.value)}
            />
            <Button type="submit" disabled={typed.trim() === ""}>
              {texts.signIn.go}
            </Button>
          </Stack>
        </form>
        <Anchor component="button" type="button" size="sm" aria-expanded={otherWay} onClick={toggle}>
          {texts.signIn.otherWay}
        </Anchor>
        <Collapse expanded={otherWay}>
          <RootKeyForm />
        </Collapse>
      </Stack>
    </main>
  );
}

function RootKeyForm() {
  const texts = useCatalogue(shellTexts);
  const queries = useQueryClient();
  const [key, setKey] = useState("");
  const signIn = useMutation({
    mutationFn: () => signInByRootKey(key.trim()),
    onSuccess: () => queries.invalidateQueries({ queryKey: sessionQuery.queryKey }),
  });
  const wrong = isSignedOut(signIn.error);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    signIn.mutate();
  };
  return (
    <form onSubmit={submit}>
      <Stack>
        <Text c="dimmed" size="sm">
          {texts.signIn.otherWayHelp}
        </Text>
        <PasswordInput
          label={texts.signIn.rootKey}
          value={key}
          autoComplete="off"
          error={wrong ? texts.signIn.wrongKey : undefined}
          onChange={(event) => setKey(event.currentTarget.value)}
        />
        {signIn.isError && !wrong && <ProblemAlert error={signIn.error} />}
        <Button type="submit" variant="default" disabled={key.trim() === ""} loading={signIn.isPending}>
          {texts.signIn.byRootKey}
        </Button>
      </Stack>
    </form>
  );
}
