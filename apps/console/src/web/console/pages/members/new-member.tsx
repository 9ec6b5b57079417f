import { Button, Stack, TextInput } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { type FormEvent, useState } from "react";
import { dataOf } from "../../../api/client.ts";
import { fieldError, unshownError } from "../../../components/draft.ts";
import { ProblemAlert } from "../../../components/problem-alert.tsx";
import { useCatalogue } from "../../../texts/language.tsx";
import { api } from "../../api.ts";
import { useOrganization } from "../../organization.ts";
import { membersTexts } from "./texts.ts";

/** Adds a member by hand, and goes to their page. */
export function NewMember() {
  const texts = useCatalogue(membersTexts).form;
  const { slug } = useOrganization();
  const queries = useQueryClient();
  const navigate = useNavigate();
  const [email, setEmail] = useState("");
  const [name, setName] = useState("");
  const [roles, setRoles] = useState("");
  const add = useMutation({
    mutationFn: () =>
      dataOf(
        api.POST("/organizations/{org}/members", {
          params: { path: { org: slug } },
          body: {
            email,
            ...(name.trim() === "" ? {} : { name }),
            roles: roles.split(/[\s,]+/).filter((key) => key !== ""),
          },
        }),
      ),
    onSuccess: async ({ id }) => {
      await queries.invalidateQueries({ queryKey: ["members", slug] });
      await navigate({
        to: "/organizations/$org/members/$memberId",
        params: { org: slug, memberId: id },
      });
    },
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    add.mutate();
  };
  const unshown = unshownError(add.error, ["email", "name", "roles"]);
  return (
    <form onSubmit={submit}>
      <Stack>
        <TextInput
          label={texts.email}
          description={texts.emailHelp}
          value={email}
          data-autofocus
          error={fieldError(add.error, "email")}
          onChange={(event) => setEmail(event.currentTarget.value)}
        />
        <TextInput
          label={texts.name}
          value={name}
          error={fieldError(add.error, "name")}
          onChange={(event) => setName(event.currentTarget.value)}
        />
        <TextInput
          label={texts.roles}
          description={texts.rolesHelp}
          value={roles}
          error={fieldError(add.error, "roles")}
          onChange={(event) => setRoles(event.currentTarget.value)}
        />
        {unshown !== null && <ProblemAlert error={unshown} />}
        <div>
          <Button type="submit" disabled={email.trim() === ""} loading={add.isPending}>
            {texts.add}
          </Button>
        </div>
      </Stack>
    </form>
  );
}
