import { Button, FileButton, Group, Stack, Text } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useRef } from "react";
import { dataOf } from "../../../api/client.ts";
import { BrandLogo } from "../../../components/brand-logo.tsx";
import { ProblemAlert } from "../../../components/problem-alert.tsx";
import { useCatalogue } from "../../../texts/language.tsx";
import { api, isNotFound } from "../../api.ts";
import { useOrganization } from "../../organization.ts";
import { useMay } from "../../session.ts";
import { settingsTexts } from "./texts.ts";

/** The organization's logo: shown, uploaded, removed. */
export function LogoSetting() {
  const texts = useCatalogue(settingsTexts).logo;
  const { slug, name, forOperators } = useOrganization();
  const mayWrite = useMay("organization.write");
  const queries = useQueryClient();
  const resetFile = useRef<() => void>(null);
  const params = { path: { org: slug } };
  const queryKey = ["logo", slug];
  const shown = useQuery({
    queryKey,
    queryFn: async () => {
      try {
        return await dataOf(api.GET("/organizations/{org}/logo", { params }));
      } catch (error) {
        if (isNotFound(error)) {
          return null;
        }
        throw error;
      }
    },
  });
  const upload = useMutation({
    mutationFn: async (file: File) =>
      dataOf(api.PUT("/organizations/{org}/logo", { params, body: { image: await base64Of(file) } })),
    onSuccess: (logo) => queries.setQueryData(queryKey, logo),
    onSettled: () => resetFile.current?.(), // so that the same file may be chosen again
  });
  const remove = useMutation({
    mutationFn: () => dataOf(api.DELETE("/organizations/{org}/logo", { params })),
    onSuccess: () => queries.setQueryData(queryKey, null),
  });
  const logo = shown.data ?? null;
  const error = shown.error ?? upload.error ?? remove.error;
  return (
    <Stack gap="xs" className="narrow" component="section" aria-label={texts.title}>
      <Text fw={500} size="sm">
        {texts.title}
      </Text>
      <Text size="xs" c="dimmed">
        {forOperators ? texts.operatorHelp : texts.help} {texts.bounds}
      </Text>
      {logo !== null && <BrandLogo logo={logo} name={texts.alt(name)} />}
      {shown.data === null && !mayWrite && <Text c="dimmed">{texts.none}</Text>}
      {error !== null && <ProblemAlert error={error} />}
      {mayWrite && (
        <Group>
          <FileButton
            resetRef={resetFile}
            accept="image/png,image/jpeg"
            onChange={(file) => {
              remove.reset();
              if (file !== null) {
                upload.mutate(file);
              }
            }}
          >
            {(button) => (
              <Button {...button} variant="default" loading={upload.isPending}>
                {logo === null ? texts.upload : texts.replace}
              </Button>
            )}
          </FileButton>
          {logo !== null && (
            <Button
              variant="subtle"
              color="gray"
              loading={remove.isPending}
              onClick={() => {
                upload.reset();
                remove.mutate();
              }}
            >
              {texts.remove}
            </Button>
          )}
        </Group>
      )}
    </Stack>
  );
}

/** A file's bytes, in base64. */
async function base64Of(file: File): Promise<string> {
  const bytes = new Uint8Array(await file.arrayBuffer());
  const CHUNK = 0x8000; // as many arguments as a function takes
  let text = "";
  for (let at = 0; at < bytes.length; at += CHUNK) {
    text += String.fromCharCode(...bytes.subarray(at, at + CHUNK));
  }
  return btoa(text);
}
