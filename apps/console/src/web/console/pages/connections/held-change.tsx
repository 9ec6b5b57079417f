import { Text, Title } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { dataOf } from "../../../api/client.ts";
import { ConfirmDanger } from "../../../components/confirm-danger.tsx";
import { DetailList } from "../../../components/detail-list.tsx";
import { Time } from "../../../components/time.tsx";
import { useCatalogue } from "../../../texts/language.tsx";
import { api } from "../../api.ts";
import { useOrganization } from "../../organization.ts";
import { useMay } from "../../session.ts";
import { type Connection, useConnection } from "./connection.ts";
import { metadataTexts } from "./metadata-texts.ts";

type HeldBack = NonNullable<NonNullable<NonNullable<Connection["saml"]>["metadata"]>["heldBack"]>;
type Certificate = HeldBack["changes"]["certificatesAdded"][number];

/** A change of the metadata that waits for somebody's word, with what it would change. */
export function HeldChange({ heldBack: { changes, digest } }: { readonly heldBack: HeldBack }) {
  const texts = useCatalogue(metadataTexts).held;
  const { slug } = useOrganization();
  const { id } = useConnection();
  const queries = useQueryClient();
  const mayWrite = useMay("connections.write");
  const apply = async () => {
    await dataOf(
      api.POST("/organizations/{org}/connections/{connectionId}/metadata/apply", {
        params: { path: { org: slug, connectionId: id } },
        body: { digest },
      }),
    );
    await queries.invalidateQueries({ queryKey: ["connections", slug] });
  };
  return (
    <section aria-labelledby="held">
      <Title order={2} size="h3" id="held">
        {texts.title}
      </Title>
      <Text mb="sm">{texts.lead}</Text>
      <ul className="reasons">
        {changes.certificatesAdded.map((certificate) => (
          <CertificateLine key={certificate.fingerprint} label={texts.added} certificate={certificate} />
        ))}
        {changes.certificatesRemoved.map((certificate) => (
          <CertificateLine key={certificate.fingerprint} label={texts.removed} certificate={certificate} />
        ))}
        {changes.settings.map(({ name, from, to }) => (
          <li key={name}>
            <code>{name}</code>
            <DetailList
              items={[
                [texts.was, from ?? texts.nothing],
                [texts.becomes, to ?? texts.nothing],
              ]}
            />
          </li>
        ))}
      </ul>
      {mayWrite && (
        <ConfirmDanger
          label={texts.apply}
          title={texts.applyTitle}
          effect={texts.applyEffect}
          act={texts.apply}
          run={apply}
        />
      )}
    </section>
  );
}

/** With the whole fingerprint: it is there to be compared. */
function CertificateLine(props: { readonly label: string; readonly certificate: Certificate }) {
  const texts = useCatalogue(metadataTexts).held;
  const { label, certificate } = props;
  return (
    <li>
      {label}: {certificate.subject}, {texts.ends} <Time at={certificate.notAfter} />
      <br />
      <code>{certificate.fingerprint}</code>
    </li>
  );
}
