import { Alert, Button, Loader, Stack, Text } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { IconX } from "@tabler/icons-react";
import { queryOptions, useQuery } from "@tanstack/react-query";
import { type Api, ApiProblem, dataOf, type Schemas } from "../api/client.ts";
import { DetailList } from "../components/detail-list.tsx";
import { useLanguage, useTexts } from "../texts/texts.tsx";

type Kind = "issuer" | "metadataUrl";

/** Long enough for most to finish a word, short enough to be an answer to it. */
const TYPING_MS = 600;

/** Who asks, for which organization. */
export interface Inspector {
  readonly api: Api;
  readonly org: string;
}

/** What an address serves. */
export const inspectionQuery = ({ api, org }: Inspector, kind: Kind, address: string) =>
  queryOptions({
    queryKey: ["idp-inspection", kind, address],
    queryFn: ({ signal }) =>
      dataOf(
        api.POST("/organizations/{org}/idp-inspections", {
          params: { path: { org } },
          body: kind === "issuer" ? { issuer: address } : { metadataUrl: address },
          signal,
        }),
      ),
    retry: false,
    staleTime: 60_000,
  });

/** Asks what an address serves, once nobody types any more; nothing of an address that cannot be one yet. */
function useInspection(inspector: Inspector, kind: Kind, typed: string) {
  const [address] = useDebouncedValue(typed, TYPING_MS);
  const isWhole = address === typed && isAddress(address);
  return useQuery({ ...inspectionQuery(inspector, kind, address), enabled: isWhole });
}

export function isAddress(text: string): boolean {
  return /^https?:\/\//.test(text) && URL.canParse(text) && new URL(text).hostname.includes(".");
}

interface InspectionProps {
  readonly inspector: Inspector;
  readonly kind: Kind;
  readonly address: string;
  /** Offers the issuer that a document names in place of what was typed. */
  onUse?(issuer: string): void;
}

/** What the identity provider says of itself at the address that is being typed, and what is wrong with it. */
export function IdpInspection({ inspector, kind, address, onUse }: InspectionProps) {
  const texts = useTexts().inspection;
  const { data, error, isFetching } = useInspection(inspector, kind, address);
  return (
    <div aria-live="polite">
      {isFetching && (
        <Text size="sm" c="dimmed">
          <Loader size={12} mr={6} aria-hidden /> {texts.asking(hostOf(address))}
        </Text>
      )}
      {data !== undefined && <Inspected inspection={data} onUse={onUse} />}
      {error !== null && (
        <Text size="sm" c="dimmed">
          {error instanceof ApiProblem && error.status === 429 ? texts.tooMany : texts.notAsked}
        </Text>
      )}
    </div>
  );
}

function Inspected(props: {
  readonly inspection: Schemas["IdpInspection"];
  readonly onUse: InspectionProps["onUse"];
}) {
  const texts = useTexts().inspection;
  const { language } = useLanguage();
  const { oidc, saml, problem } = props.inspection;
  if (problem !== null) {
    return <InspectionProblem problem={problem} onUse={props.onUse} />;
  }
  const last = saml?.certificates.toSorted((one, other) => one.notAfter.localeCompare(other.notAfter)).at(-1);
  const until =
    last === undefined
      ? undefined
      : new Date(last.notAfter).toLocaleDateString(language, { dateStyle: "long" });
  return (
    <Stack gap={4}>
      <Text size="sm" c="var(--good-text)" fw={500}>
        {texts.found(oidc?.issuer ?? saml?.entityId ?? "")}
      </Text>
      {until !== undefined && (
        <Text size="sm" c={last?.expired === true ? "var(--bad-text)" : "dimmed"}>
          {last?.expired === true ? texts.certificateEnded(until) : texts.certificate(until)}
        </Text>
      )}
    </Stack>
  );
}

function InspectionProblem(props: {
  readonly problem: NonNullable<Schemas["IdpInspection"]["problem"]>;
  readonly onUse: InspectionProps["onUse"];
}) {
  const texts = useTexts().inspection;
  const { problem, onUse } = props;
  const { expected, found, field, detail } = problem;
  const [said, advice] = texts.problems[nameOf(problem)] ?? [problem.message, problem.fix];
  const named = problem.code === "oidc_issuer_mismatch" && found !== null && isAddress(found) ? found : null;
  return (
    <Alert color="red" variant="light" icon={<IconX size={20} aria-hidden />} title={said}>
      <Stack gap="xs" align="start">
        <Text size="sm">{advice}</Text>
        <DetailList
          items={[
            ...(field === null ? [] : [[texts.field, <code key="field">{field}</code>] as const]),
            ...(expected === null ? [] : [[texts.expected, <code key="expected">{expected}</code>] as const]),
            ...(found === null ? [] : [[texts.came, <code key="found">{found}</code>] as const]),
            ...(expected === null && found === null && detail !== null
              ? [[texts.detail, <code key="detail">{detail}</code>] as const]
              : []),
          ]}
        />
        {named !== null && onUse !== undefined && !named.includes("{") && (
          <Button size="compact-sm" variant="default" onClick={() => onUse(named)}>
            {texts.use(named)}
          </Button>
        )}
      </Stack>
    </Alert>
  );
}

/** The same code may come of a page in place of a document, which has words of its own. */
function nameOf({ code, found, detail }: NonNullable<Schemas["IdpInspection"]["problem"]>): string {
  if (code === "idp_unreachable" && found !== null) {
    return "discovery_missing";
  }
  return code === "not_metadata" && detail?.includes("HTML") === true ? "metadata_html" : code;
}

function hostOf(address: string): string {
  return URL.canParse(address) ? new URL(address).host : address;
}
