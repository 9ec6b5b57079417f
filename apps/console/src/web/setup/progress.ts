/** What the page remembers of a setup link, so that it resumes in any browser. */
export type Progress = {
  readonly product?: string;
  readonly protocol?: "saml" | "oidc";
  readonly guideDone?: boolean;
  readonly tested?: boolean;
  readonly directoryId?: string;
};

/** The progress as it was stored, perhaps by another version of the page: what is not understood is left out. */
export function parseProgress(stored: Readonly<Record<string, unknown>> | undefined): Progress {
  const { product, protocol, guideDone, tested, directoryId } = stored ?? {};
  return {
    ...(typeof product === "string" ? { product } : {}),
    ...(protocol === "saml" || protocol === "oidc" ? { protocol } : {}),
    ...(guideDone === true ? { guideDone } : {}),
    ...(tested === true ? { tested } : {}),
    ...(typeof directoryId === "string" ? { directoryId } : {}),
  };
}
