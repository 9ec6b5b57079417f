import { Button, Group, Stack, Text } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useParams } from "@tanstack/react-router";
import { dataOf } from "../../../api/client.ts";
import { TextLink } from "../../../components/link.tsx";
import { ProblemAlert } from "../../../components/problem-alert.tsx";
import { useCatalogue } from "../../../texts/language.tsx";
import { api } from "../../api.ts";
import { useOrganization } from "../../organization.ts";
import { useMay } from "../../session.ts";
import { DirectoriesHeader } from "./directories-header.tsx";
import { GuardForm } from "./guard-form.tsx";
import { guardTexts } from "./guard-texts.ts";

/** The guard of every directory of the organization that has none of its own. */
export function OrganizationGuardPage() {
  const texts = useCatalogue(guardTexts);
  const { slug } = useOrganization();
  const params = { path: { org: slug } };
  const guard = useQuery({
    queryKey: ["guards", slug, "organization"],
    queryFn: () => dataOf(api.GET("/organizations/{org}/guard", { params })),
  });
  return (
    <>
      <DirectoriesHeader />
      <Stack gap="lg" className="narrow">
        <Text c="dimmed">{texts.lead}</Text>
        {guard.isError && <ProblemAlert error={guard.error} onRetry={() => void guard.refetch()} />}
        {guard.data !== undefined && (
          <>
            <Text>{texts.setBy[guard.data.setBy]}</Text>
            <GuardForm
              guard={guard.data}
              onSave={(body) => dataOf(api.PUT("/organizations/{org}/guard", { params, body }))}
            />
          </>
        )}
        <ToHeldChanges />
      </Stack>
    </>
  );
}

/** The guard of one directory: its own, or as long as there is none the organization's. */
export function DirectoryGuardPage() {
  const texts = useCatalogue(guardTexts);
  const { slug } = useOrganization();
  const { directoryId } = useParams({ from: "/organizations/$org/directories/$directoryId/guard" });
  const queries = useQueryClient();
  const mayWrite = useMay("guards.write");
  const params = { path: { org: slug, directoryId } };
  const guard = useQuery({
    queryKey: ["guards", slug, directoryId],
    queryFn: () => dataOf(api.GET("/organizations/{org}/directories/{directoryId}/guard", { params })),
  });
  const reset = useMutation({
    mutationFn: () => dataOf(api.DELETE("/organizations/{org}/directories/{directoryId}/guard", { params })),
    onSuccess: () => queries.invalidateQueries({ queryKey: ["guards", slug] }),
  });
  return (
    <Stack gap="lg" className="narrow">
      <Text c="dimmed">{texts.lead}</Text>
      {guard.isError && <ProblemAlert error={guard.error} onRetry={() => void guard.refetch()} />}
      {guard.data !== undefined && (
        <>
          <Text>{guard.data.setBy === "directory" ? texts.setBy.directory : texts.inherited}</Text>
          <GuardForm
            guard={guard.data}
            onSave={(body) =>
              dataOf(api.PUT("/organizations/{org}/directories/{directoryId}/guard", { params, body }))
            }
          />
          {reset.isError && <ProblemAlert error={reset.error} />}
          {mayWrite && guard.data.setBy === "directory" && (
            <Group>
              <Button variant="default" loading={reset.isPending} onClick={() => reset.mutate()}>
                {texts.reset}
              </Button>
            </Group>
          )}
        </>
      )}
      <ToHeldChanges />
    </Stack>
  );
}

function ToHeldChanges() {
  const texts = useCatalogue(guardTexts);
  const { slug } = useOrganization();
  return useMay("held_changes.read") ? (
    <TextLink to="/organizations/$org/roles/held-changes" params={{ org: slug }}>
      {texts.heldChanges}
    </TextLink>
  ) : null;
}
