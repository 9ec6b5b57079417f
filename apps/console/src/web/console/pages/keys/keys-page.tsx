import { PageHeader } from "../../../components/page-header.tsx";
import { useCatalogue } from "../../../texts/language.tsx";
import { useMay } from "../../session.ts";
import { EncryptionKeys } from "./encryption-keys.tsx";
import { SigningKeys } from "./signing-keys.tsx";
import { keysTexts } from "./texts.ts";

/** The gateway's own keys. */
export function KeysPage() {
  const texts = useCatalogue(keysTexts);
  const mayReadEncryption = useMay("encryption_keys.read");
  return (
    <>
      <PageHeader title={texts.title} lead={texts.lead} />
      <SigningKeys />
      {mayReadEncryption && <EncryptionKeys />}
    </>
  );
}
