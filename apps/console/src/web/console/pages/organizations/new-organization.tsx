import { Button, Stack, TextInput } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { type FormEvent, useState } from "react";
import { dataOf } from "../../../api/client.ts";
import { fieldError, unshownError } from "../../../components/draft.ts";
import { ProblemAlert } from "../../../components/problem-alert.tsx";
import { useCatalogue } from "../../../texts/language.tsx";
import { api } from "../../api.ts";
import { slugOf } from "./slug.ts";
import { organizationsTexts } from "./texts.ts";

/** Makes an organization, and goes to it. */
export function NewOrganization() {
  const texts = useCatalogue(organizationsTexts).form;
  const queries = useQueryClient();
  const navigate = useNavigate();
  const [name, setName] = useState("");
  // Follows the name until it is typed itself.
  const [typedSlug, setTypedSlug] = useState<string>();
  const [domains, setDomains] = useState("");
  const slug = typedSlug ?? slugOf(name);
  const create = useMutation({
    mutationFn: () =>
      dataOf(
        api.POST("/organizations", {
          body: { name, slug, domains: domains.split(/[\s,;]+/).filter((domain) => domain !== "") },
        }),
      ),
    onSuccess: async (organization) => {
      await queries.invalidateQueries({ queryKey: ["organizations"] });
      await navigate({ to: "/organizations/$org", params: { org: organization.slug } });
    },
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    create.mutate();
  };
  const unshown = unshownError(create.error, ["name", "slug", "domains"]);
  return (
    <form onSubmit={submit}>
      <Stack>
        <TextInput
          label={texts.name}
          description={texts.nameHelp}
          value={name}
          data-autofocus
          error={fieldError(create.error, "name")}
          onChange={(event) => setName(event.currentTarget.value)}
        />
        <TextInput
          label={texts.slug}
          description={texts.slugHelp}
          value={slug}
          error={fieldError(create.error, "slug")}
          onChange={(event) => setTypedSlug(event.currentTarget.value)}
        />
        <TextInput
          label={texts.domains}
          description={texts.domainsHelp}
          placeholder="acme.com, acme.de"
          value={domains}
          error={fieldError(create.error, "domains")}
          onChange={(event) => setDomains(event.currentTarget.value)}
        />
        {unshown !== null && <ProblemAlert error={unshown} />}
        <Button type="submit" disabled={name.trim() === "" || slug === ""} loading={create.isPending}>
          {texts.create}
        </Button>
      </Stack>
    </form>
  );
}
