import { useNavigate, useSearch } from "@tanstack/react-router";

/** What a page keeps in its address: filters, the cursor of a list, the selected row. Everything is text. */
export type SearchParams<Name extends string> = { readonly [Key in Name]?: string | undefined };

/** For a route's `validateSearch`: of the address, the named parameters. Others are dropped. */
export function searchParams<const Name extends string>(...names: readonly Name[]) {
  return (search: Record<string, unknown>): SearchParams<Name> =>
    Object.fromEntries(
      names.flatMap((name) => {
        const value = search[name];
        return typeof value === "string" && value !== "" ? [[name, value]] : [];
      }),
    ) as SearchParams<Name>;
}

/** The parameters of the address that is shown, and the ways to change some of them in place. */
export function useSearchParams() {
  const navigate = useNavigate();
  const params: SearchParams<string> = useSearch({ strict: false });
  return {
    params,
    /** Changes some; `undefined` takes one away. `trail` is for the pager. */
    change: (values: SearchParams<string>, trail?: readonly string[]) =>
      void navigate({ ...linkWith(values), ...(trail === undefined ? {} : { state: { trail } }) }),
  };
}

/** A link to the page that is shown, with some parameters changed: to a row's side panel, or another filter. */
export function linkWith(values: SearchParams<string>) {
  const search = (before: SearchParams<string>) => ({ ...before, ...values });
  // Which parameters the page has is known to whoever calls, not here: a route drops what it does not know.
  return { to: ".", search: search as never } as const;
}

/** The router's reading and writing of addresses: plain parameters, so that `?email=1` stays text. */
export function parseSearch(search: string): Record<string, string> {
  return Object.fromEntries(new URLSearchParams(search));
}

export function stringifySearch(search: Record<string, unknown>): string {
  const given = Object.entries(search).flatMap(([name, value]) =>
    typeof value === "string" ? [[name, value]] : [],
  );
  return given.length === 0 ? "" : `?${new URLSearchParams(given)}`;
}
