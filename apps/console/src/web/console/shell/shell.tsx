import { Burger, Drawer, Skeleton, Stack } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { Outlet, useMatches } from "@tanstack/react-router";
import { componentTexts } from "../../components/texts.ts";
import { useCatalogue } from "../../texts/language.tsx";
import { useSession } from "../session.ts";
import { NoPermissionPage } from "./error-pages.tsx";
import { Sidebar } from "./sidebar.tsx";
import { shellTexts } from "./texts.ts";

/** The frame of the console: navigation at the left (behind a button on a phone), and the page. */
export function Shell() {
  const texts = useCatalogue(shellTexts);
  const shared = useCatalogue(componentTexts);
  const [opened, { open, close }] = useDisclosure();
  return (
    <div className="shell">
      <a className="skip" href="#content">
        {texts.skip}
      </a>
      <aside className="sidebar">
        <Sidebar />
      </aside>
      <div className="topbar">
        <Burger size="sm" opened={opened} onClick={open} aria-label={texts.menu} />
      </div>
      <Drawer
        opened={opened}
        onClose={close}
        size={280}
        title={texts.menu}
        closeButtonProps={{ "aria-label": shared.close }}
      >
        <Sidebar onGo={close} />
      </Drawer>
      <main id="content" className="content" tabIndex={-1}>
        <Permitted />
      </main>
    </div>
  );
}

/** The page, unless the person's role lacks what its route needs. */
function Permitted() {
  const { permissions } = useSession();
  const needed = useMatches({ select: (matches) => matches.map(({ staticData }) => staticData.permission) });
  const missing = needed.find((permission) => permission !== undefined && !permissions.includes(permission));
  return missing === undefined ? <Outlet /> : <NoPermissionPage permission={missing} />;
}

export function ShellSkeleton() {
  const texts = useCatalogue(componentTexts);
  return (
    <div className="shell">
      <aside className="sidebar" aria-hidden>
        <Stack>
          <Skeleton height={32} />
          <Skeleton height={12} width="60%" />
          <Skeleton height={12} width="70%" />
          <Skeleton height={12} width="50%" />
        </Stack>
      </aside>
      <main className="content" aria-busy aria-label={texts.loading}>
        <PageSkeleton />
      </main>
    </div>
  );
}

/** A page whose content is still to come. */
export function PageSkeleton() {
  return (
    <Stack aria-hidden>
      <Skeleton height={24} width={220} />
      <Skeleton height={12} width={320} />
      <Skeleton height={160} mt="md" />
    </Stack>
  );
}
