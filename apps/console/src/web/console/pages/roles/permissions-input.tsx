import { TagsInput } from "@mantine/core";
import { useCatalogue } from "../../../texts/language.tsx";
import { rolesTexts } from "./texts.ts";

interface PermissionsInputProps {
  readonly value: string[];
  onChange(permissions: string[]): void;
  readonly error: string | undefined;
  readonly readOnly?: boolean;
}

/** The permissions of a role, which are the applications' own words. */
export function PermissionsInput({ value, onChange, error, readOnly = false }: PermissionsInputProps) {
  const texts = useCatalogue(rolesTexts).roles;
  return (
    <TagsInput
      label={texts.permissions}
      description={texts.permissionsHelp}
      placeholder={value.length === 0 ? texts.permissionsPlaceholder : ""}
      splitChars={[",", " "]}
      value={value}
      // What is typed and left is taken as it stands, also where it is several.
      onChange={(tags) => onChange([...new Set(tags.flatMap((tag) => tag.split(/[\s,]+/)))].filter(Boolean))}
      error={error}
      readOnly={readOnly}
    />
  );
}
