import { useQuery } from "@tanstack/react-query";
import { Link, type LinkProps, useParams } from "@tanstack/react-router";
import { useCatalogue } from "../../texts/language.tsx";
import { organizationQuery } from "../organization.ts";
import { useSession } from "../session.ts";
import { GATEWAY_PAGES, type NavigationItem, ORGANIZATION_PAGES } from "./navigation.ts";
import { OrganizationSwitcher } from "./organization-switcher.tsx";
import { SearchButton } from "./search.tsx";
import { shellTexts } from "./texts.ts";
import { UserMenu } from "./user-menu.tsx";

export function Sidebar({ onGo }: { onGo?(): void }) {
  const texts = useCatalogue(shellTexts);
  const session = useSession();
  const asked = useParams({ strict: false }).org;
  // What cannot be reached has no pages to lead to.
  const found = useQuery({ ...organizationQuery(asked ?? ""), enabled: asked !== undefined });
  const org = found.isError || asked === undefined ? session.organization?.slug : asked;
  const may = ({ permission }: NavigationItem) => session.permissions.includes(permission);
  const gateway = GATEWAY_PAGES.filter(may);
  return (
    <>
      <OrganizationSwitcher org={org} onGo={onGo} />
      <SearchButton onGo={onGo} />
      <nav aria-label={texts.navigation}>
        {org !== undefined && (
          <ul className="nav">
            {ORGANIZATION_PAGES.filter(may).map((item) => (
              <Item key={item.label} item={item} link={item.link(org)} onGo={onGo} />
            ))}
          </ul>
        )}
        {gateway.length > 0 && (
          <>
            <p className="nav-heading">{texts.gateway}</p>
            <ul className="nav">
              {gateway.map((item) => (
                <Item key={item.label} item={item} link={item.link} onGo={onGo} />
              ))}
            </ul>
          </>
        )}
      </nav>
      <UserMenu />
    </>
  );
}

function Item(props: {
  readonly item: NavigationItem;
  readonly link: LinkProps;
  readonly onGo: (() => void) | undefined;
}) {
  const texts = useCatalogue(shellTexts);
  const { label, icon: Icon, exact = false } = props.item;
  return (
    <li>
      <Link {...props.link} activeOptions={{ exact, includeSearch: false }} onClick={props.onGo}>
        <Icon size={16} aria-hidden />
        {texts.nav[label]}
      </Link>
    </li>
  );
}
