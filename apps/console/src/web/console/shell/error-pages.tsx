import { Anchor } from "@mantine/core";
import { IconLock, IconMapOff } from "@tabler/icons-react";
import { EmptyState } from "../../components/empty-state.tsx";
import { PageHeader } from "../../components/page-header.tsx";
import { ProblemAlert } from "../../components/problem-alert.tsx";
import { useCatalogue } from "../../texts/language.tsx";
import type { Permission } from "../session.ts";
import { shellTexts } from "./texts.ts";

export function NotFoundPage() {
  const texts = useCatalogue(shellTexts);
  return (
    <EmptyState
      level={1}
      icon={<IconMapOff size={20} aria-hidden />}
      title={texts.notFound.title}
      text={texts.notFound.text}
      act={<Anchor href="/console">{texts.notFound.home}</Anchor>}
    />
  );
}

export function NoPermissionPage({ permission }: { readonly permission: Permission }) {
  const texts = useCatalogue(shellTexts);
  return (
    <EmptyState
      level={1}
      icon={<IconLock size={20} aria-hidden />}
      title={texts.noPermission.title}
      text={texts.noPermission.text(permission)}
    />
  );
}

/** What a page threw, or why it could not be loaded. */
export function ErrorPage({ error, reset }: { readonly error: unknown; reset(): void }) {
  const texts = useCatalogue(shellTexts);
  return (
    <div className="narrow error-page">
      <PageHeader title={texts.failed.title} />
      <ProblemAlert error={error instanceof Error ? error : new Error(String(error))} onRetry={reset} />
    </div>
  );
}
