import { Link, type LinkProps } from "@tanstack/react-router";

interface PageTabsProps {
  /** What the pages are parts of, for screen readers. */
  readonly label: string;
  /** They differ by the address's parameters alone. */
  readonly bySearch?: boolean;
  readonly tabs: readonly { readonly link: LinkProps; readonly label: string; readonly exact?: boolean }[];
}

/** The parts of something, each a page with an address of its own. */
export function PageTabs({ label, tabs, bySearch = false }: PageTabsProps) {
  return (
    <nav aria-label={label} className="page-tabs">
      {tabs.map(({ link, label: name, exact = false }) => (
        <Link key={name} {...link} activeOptions={{ exact: exact || bySearch, includeSearch: bySearch }}>
          {name}
        </Link>
      ))}
    </nav>
  );
}
