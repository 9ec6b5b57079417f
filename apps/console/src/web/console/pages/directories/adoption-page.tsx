import { Alert, Badge, Group, Stack, Text } from "@mantine/core";
import { IconUserCheck } from "@tabler/icons-react";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { linkOptions, useParams } from "@tanstack/react-router";
import { dataOf, type Schemas } from "../../../api/client.ts";
import { ConfirmDanger } from "../../../components/confirm-danger.tsx";
import { type Column, DataTable } from "../../../components/data-table.tsx";
import { EmptyState } from "../../../components/empty-state.tsx";
import { type Filter, FilterBar } from "../../../components/filter-bar.tsx";
import { usePage } from "../../../components/paging.tsx";
import { useSearchParams } from "../../../components/search-params.ts";
import { useCatalogue } from "../../../texts/language.tsx";
import { api } from "../../api.ts";
import { useOrganization } from "../../organization.ts";
import { useMay } from "../../session.ts";
import { adoptionTexts } from "./adoption-texts.ts";
import { directoryQuery } from "./directory.ts";

type Plan = Schemas["DirectoryPlan"];
type Person = Plan["items"][number];

const STATES = ["losing", "unmatched", "inactive", "matched", "new", "elsewhere"] as const;

/** Whom a directory has matched, or would match; and, in review, what would become of whom. */
export function AdoptionPage() {
  const texts = useCatalogue(adoptionTexts);
  const { slug } = useOrganization();
  const { directoryId } = useParams({ from: "/organizations/$org/directories/$directoryId/adoption" });
  const { params } = useSearchParams();
  const { data: directory } = useQuery(directoryQuery(slug, directoryId));
  const first = directory?.inReview === true ? "losing" : "unmatched";
  const state = STATES.find((one) => one === params.state) ?? first;
  const page = usePage<Person>(["directories", slug, directoryId, "adoption", state], (query) =>
    planOf(slug, directoryId, { ...query, state }),
  );
  // The answer of a page is a plan as a whole.
  const plan = page.data as Plan | undefined;
  const offered = STATES.filter((one) => directory?.inReview === true || (one !== "losing" && one !== "new"));
  const countOf = (one: (typeof STATES)[number]) =>
    one === "losing" ? plan && losing(plan) : plan?.counts[one];
  const filters: Filter[] = [
    {
      name: "state",
      label: texts.state,
      options: offered.map((value) => {
        const count = countOf(value);
        const label = texts.states[value];
        return { value, label: count === undefined ? label : texts.whole(label, count) };
      }),
    },
  ];
  const columns: Column<Person>[] = [
    { key: "person", header: texts.person, cell: ({ email, name }) => email ?? name ?? texts.unnamed },
    {
      key: "source",
      header: texts.source,
      cell: ({ source }) => (source === null ? "" : texts.sources[source]),
      width: 140,
      wideOnly: true,
    },
    { key: "change", header: texts.change, cell: (person) => <Change person={person} />, wrap: true },
  ];
  return (
    <Stack>
      {plan !== undefined && <Summary plan={plan} />}
      <div>
        <FilterBar filters={filters} />
        <Text size="md" c="dimmed">
          {texts.states[state]}: {texts.explain[state]}
        </Text>
      </div>
      <DataTable
        label={texts.states[state]}
        page={page}
        columns={columns}
        rowKey={({ memberId, email, name }) => memberId ?? `${email} ${name}`}
        rowLink={({ memberId }) =>
          memberId === null
            ? linkOptions({ to: "." })
            : linkOptions({ to: "/organizations/$org/members/$memberId", params: { org: slug, memberId } })
        }
        empty={
          <EmptyState
            icon={<IconUserCheck size={20} aria-hidden />}
            title={texts.nobody}
            text={texts.nobodyText}
          />
        }
      />
    </Stack>
  );
}

function Change({ person }: { readonly person: Person }) {
  const texts = useCatalogue(adoptionTexts);
  const { suspended, gains, loses, heldChangeId, disputed } = person;
  const changes = [
    ...(suspended ? [texts.suspended] : []),
    ...gains.map((role) => texts.gains(role)),
    ...loses.map((role) => texts.loses(role)),
  ];
  return (
    <Group gap="xs">
      {changes.length > 0 && <span>{changes.join(", ")}</span>}
      {heldChangeId !== null && (
        <Badge color="yellow" variant="light">
          {texts.held}
        </Badge>
      )}
      {disputed && (
        <Badge color="yellow" variant="light">
          {texts.disputed}
        </Badge>
      )}
    </Group>
  );
}

/** What it comes to in numbers, and the act that makes it so. */
function Summary({ plan }: { readonly plan: Plan }) {
  const texts = useCatalogue(adoptionTexts);
  const { slug } = useOrganization();
  const { directoryId } = useParams({ from: "/organizations/$org/directories/$directoryId/adoption" });
  const { data: directory } = useQuery(directoryQuery(slug, directoryId));
  const queries = useQueryClient();
  const mayActivate = useMay("members.write");
  const { counts, access } = plan;
  if (!plan.inReview) {
    return plan.waiting === 0 ? null : <Alert variant="light">{texts.waiting(plan.waiting)}</Alert>;
  }
  const activate = () =>
    dataOf(
      api.POST("/organizations/{org}/directories/{directoryId}/activate", {
        params: { path: { org: slug, directoryId } },
      }),
    );
  return (
    <Alert color={access.lose + access.suspend > 0 ? "yellow" : "blue"} variant="light">
      <Text size="md" fw={600}>
        {texts.inReview}
      </Text>
      <Text size="md">{texts.inReviewText}</Text>
      <ul className="reasons">
        {(["matched", "new", "inactive", "unmatched", "elsewhere"] as const).map((one) => (
          <li key={one}>{texts.whole(texts.states[one], counts[one])}</li>
        ))}
        {(["suspend", "lose", "gain"] as const).map((one) => (
          <li key={one}>
            {access[one]} {texts.counts[one]}
          </li>
        ))}
      </ul>
      {mayActivate && (
        <ConfirmDanger
          label={texts.activate}
          button={{ variant: "filled", mt: "sm" }}
          title={texts.activateTitle(directory?.name ?? "")}
          effect={
            <Text>{texts.activateEffect({ ...counts, suspend: access.suspend, lose: access.lose })}</Text>
          }
          act={texts.activate}
          run={async () => {
            await activate();
            await queries.invalidateQueries({ queryKey: ["directories", slug] });
          }}
        />
      )}
    </Alert>
  );
}

function losing({ access }: Plan): number {
  return access.suspend + access.lose;
}

type State = (typeof STATES)[number];

function planOf(
  org: string,
  directoryId: string,
  query: { readonly limit: number; readonly cursor?: string; readonly state: State },
): Promise<Plan> {
  return dataOf(
    api.GET("/organizations/{org}/directories/{directoryId}/plan", {
      params: { path: { org, directoryId }, query },
    }),
  );
}
