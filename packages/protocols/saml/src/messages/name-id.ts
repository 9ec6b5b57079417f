import { refuse } from "../errors/refusal.ts";
import type { SamlSubject } from "../types.ts";
import type { XmlElement } from "../xml/canonical-reader.ts";
import { attribute, textOf, token } from "../xml/element.ts";
import { NAME_ID_UNSPECIFIED } from "../xml/names.ts";

/** A saml:NameID (SAML 2.0 Core §2.2.3), its value exactly as it stands there; an empty one is refused with `code`. */
export function readNameId(
  nameId: XmlElement,
  code: "subject_missing" | "logout_subject_missing",
): SamlSubject {
  const value = textOf(nameId);
  if (value.trim() === "") {
    refuse(code, "empty NameID");
  }
  const nameQualifier = attribute(nameId, "NameQualifier");
  const spNameQualifier = attribute(nameId, "SPNameQualifier");
  return {
    nameId: value,
    format: token(nameId, "Format") ?? NAME_ID_UNSPECIFIED,
    ...(nameQualifier === undefined ? {} : { nameQualifier }),
    ...(spNameQualifier === undefined ? {} : { spNameQualifier }),
  };
}
