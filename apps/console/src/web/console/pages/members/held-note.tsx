import { Alert } from "@mantine/core";
import { IconHandStop } from "@tabler/icons-react";
import type { Schemas } from "../../../api/client.ts";
import { TextLink } from "../../../components/link.tsx";
import { useCatalogue } from "../../../texts/language.tsx";
import { useOrganization } from "../../organization.ts";
import { useMay } from "../../session.ts";
import { membersTexts } from "./texts.ts";

/** That a directory would take something from the member, and which held change keeps it from that. */
export function HeldNote({ held }: { readonly held: Schemas["MemberAccess"]["held"] }) {
  const texts = useCatalogue(membersTexts).held;
  const { slug: org } = useOrganization();
  const mayRead = useMay("held_changes.read");
  if (held === null) {
    return null;
  }
  return (
    <Alert
      color="yellow"
      variant="light"
      icon={<IconHandStop size={20} aria-hidden />}
      title={held.suspends ? texts.suspends : texts.takes}
    >
      {texts.waits}{" "}
      {mayRead && (
        <TextLink
          to="/organizations/$org/roles/held-changes"
          params={{ org }}
          search={{ held: held.heldChangeId }}
          inherit
        >
          {texts.look}
        </TextLink>
      )}
    </Alert>
  );
}
