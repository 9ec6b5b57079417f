import { Select } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { dataOf, type Schemas } from "../../../api/client.ts";
import { ProblemAlert } from "../../../components/problem-alert.tsx";
import { useCatalogue } from "../../../texts/language.tsx";
import { api } from "../../api.ts";
import { useOrganization } from "../../organization.ts";
import { type RoleName, useMay } from "../../session.ts";
import { membersTexts } from "./texts.ts";

const NONE = "none";
const GIVEN: readonly RoleName[] = ["organizationViewer", "organizationAdmin"];

/** What the member may do in the console; saved at once. */
export function ConsoleRole({ member }: { readonly member: Schemas["Member"] }) {
  const texts = useCatalogue(membersTexts).consoleRole;
  const { slug } = useOrganization();
  const queries = useQueryClient();
  const mayWrite = useMay("members.write");
  const params = { path: { org: slug, memberId: member.id } };
  const path = "/organizations/{org}/members/{memberId}/console-role";
  const save = useMutation({
    mutationFn: async (role: RoleName | null) => {
      await (role === null
        ? dataOf(api.DELETE(path, { params }))
        : dataOf(api.PUT(path, { params, body: { role } })));
    },
    onSuccess: () => queries.invalidateQueries({ queryKey: ["members", slug] }),
  });
  const roles = member.consoleRole === "operator" ? (["operator"] as const) : GIVEN;
  return (
    <div>
      <Select
        label={texts.label}
        maw={320}
        allowDeselect={false}
        disabled={!mayWrite || save.isPending}
        data={[
          { value: NONE, label: texts.none },
          ...roles.map((role) => ({ value: role, label: texts[role] })),
        ]}
        value={member.consoleRole ?? NONE}
        onChange={(value) => save.mutate(roles.find((role) => role === value) ?? null)}
      />
      {save.isError && <ProblemAlert error={save.error} />}
    </div>
  );
}
