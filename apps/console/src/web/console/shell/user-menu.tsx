import { Menu, Text, UnstyledButton, useMantineColorScheme } from "@mantine/core";
import { IconCheck, IconLogout, IconUserCircle } from "@tabler/icons-react";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { LANGUAGES, type Language, useCatalogue, useLanguage } from "../../texts/language.tsx";
import { type ConsoleSession, sessionQuery, signOut, useSession } from "../session.ts";
import { shellTexts } from "./texts.ts";

const THEMES = ["auto", "light", "dark"] as const;
const Check = <IconCheck size={16} aria-hidden />;

/** Who is signed in, how the pages look, and the way out. */
export function UserMenu() {
  const texts = useCatalogue(shellTexts);
  const { language, choose } = useLanguage();
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  const session = useSession();
  const queries = useQueryClient();
  const leave = useMutation({
    mutationFn: signOut,
    onSuccess: () => {
      queries.clear();
      queries.setQueryData(sessionQuery.queryKey, null);
      location.assign("/console");
    },
  });
  const name = nameOf(session.actor) ?? texts.user.rootKey;
  return (
    <Menu position="top-start" width="target" shadow="md">
      <Menu.Target>
        <UnstyledButton className="user">
          <IconUserCircle size={20} aria-hidden />
          <span className="visually-hidden">{texts.user.menu}: </span>
          <span>
            <span className="user-name">{name}</span>
            <Text span size="xs" c="dimmed">
              {texts.user[session.role]}
            </Text>
          </span>
        </UnstyledButton>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>{texts.user.theme}</Menu.Label>
        {THEMES.map((theme) => (
          <Menu.Item
            key={theme}
            closeMenuOnClick={false}
            onClick={() => setColorScheme(theme)}
            rightSection={colorScheme === theme ? Check : undefined}
          >
            {texts.user[theme]}
          </Menu.Item>
        ))}
        <Menu.Label>{texts.user.language}</Menu.Label>
        {Object.entries(LANGUAGES).map(([key, label]) => (
          <Menu.Item
            key={key}
            closeMenuOnClick={false}
            onClick={() => choose(key as Language)}
            rightSection={key === language ? Check : undefined}
          >
            {label}
          </Menu.Item>
        ))}
        <Menu.Divider />
        <Menu.Item leftSection={<IconLogout size={16} aria-hidden />} onClick={() => leave.mutate()}>
          {texts.user.signOut}
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}

function nameOf(actor: ConsoleSession["actor"]): string | undefined {
  return actor.type === "person" ? (actor.name ?? actor.email ?? actor.id) : undefined;
}
