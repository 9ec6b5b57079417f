import {
  IconApps,
  IconBroadcast,
  IconBuilding,
  IconDevices,
  IconFileExport,
  IconFolders,
  IconGauge,
  IconHistory,
  IconKey,
  IconPlugConnected,
  type IconProps,
  IconSettings,
  IconSignature,
  IconStack2,
  IconUserShield,
  IconUsers,
  IconWebhook,
} from "@tabler/icons-react";
import { type LinkProps, linkOptions } from "@tanstack/react-router";
import type { ComponentType } from "react";
import type { Permission } from "../session.ts";
import type { ShellTexts } from "./texts.ts";

export interface NavigationItem {
  readonly label: keyof ShellTexts["nav"];
  readonly icon: ComponentType<IconProps>;
  /** Not shown without it. */
  readonly permission: Permission;
  /** Whether it is marked on this address alone, and not below it. */
  readonly exact?: boolean;
}

/** The pages of an organization, in the order of the navigation. */
export const ORGANIZATION_PAGES: readonly (NavigationItem & { link(org: string): LinkProps })[] = [
  {
    label: "overview",
    link: (org) => linkOptions({ to: "/organizations/$org", params: { org } }),
    icon: IconGauge,
    permission: "organization.read",
    exact: true,
  },
  {
    label: "connections",
    link: (org) => linkOptions({ to: "/organizations/$org/connections", params: { org } }),
    icon: IconPlugConnected,
    permission: "connections.read",
  },
  {
    label: "directories",
    link: (org) => linkOptions({ to: "/organizations/$org/directories", params: { org } }),
    icon: IconFolders,
    permission: "directories.read",
  },
  {
    label: "members",
    link: (org) => linkOptions({ to: "/organizations/$org/members", params: { org } }),
    icon: IconUsers,
    permission: "members.read",
  },
  {
    label: "roles",
    link: (org) => linkOptions({ to: "/organizations/$org/roles", params: { org } }),
    icon: IconUserShield,
    permission: "roles.read",
  },
  {
    label: "sessions",
    link: (org) => linkOptions({ to: "/organizations/$org/sessions", params: { org } }),
    icon: IconDevices,
    permission: "sessions.read",
  },
  {
    label: "webhooks",
    link: (org) => linkOptions({ to: "/organizations/$org/webhooks", params: { org } }),
    icon: IconWebhook,
    permission: "webhooks.read",
  },
  {
    label: "audit",
    link: (org) => linkOptions({ to: "/organizations/$org/audit", params: { org } }),
    icon: IconHistory,
    permission: "audit_events.read",
  },
  {
    label: "auditStreams",
    link: (org) => linkOptions({ to: "/organizations/$org/audit-streams", params: { org } }),
    icon: IconFileExport,
    permission: "audit_streams.read",
  },
  {
    label: "settings",
    link: (org) => linkOptions({ to: "/organizations/$org/settings", params: { org } }),
    icon: IconSettings,
    permission: "organization.read",
  },
];

/** What belongs to no organization: for operators. */
export const GATEWAY_PAGES: readonly (NavigationItem & { readonly link: LinkProps })[] = [
  {
    label: "organizations",
    link: linkOptions({ to: "/organizations" }),
    icon: IconBuilding,
    permission: "organizations.create",
    exact: true,
  },
  {
    label: "applications",
    link: linkOptions({ to: "/applications" }),
    icon: IconApps,
    permission: "applications.read",
  },
  {
    label: "signals",
    link: linkOptions({ to: "/signals" }),
    icon: IconBroadcast,
    permission: "applications.read",
  },
  {
    label: "apiKeys",
    link: linkOptions({ to: "/api-keys" }),
    icon: IconKey,
    permission: "api_keys.read",
  },
  {
    label: "signingKeys",
    link: linkOptions({ to: "/keys" }),
    icon: IconSignature,
    permission: "signing_keys.read",
  },
  {
    label: "queues",
    link: linkOptions({ to: "/queues" }),
    icon: IconStack2,
    permission: "queues.read",
  },
  {
    label: "webhooks",
    link: linkOptions({ to: "/webhooks" }),
    icon: IconWebhook,
    permission: "gateway_webhooks.read",
  },
  {
    label: "audit",
    link: linkOptions({ to: "/audit" }),
    icon: IconHistory,
    permission: "gateway_audit_events.read",
  },
  {
    label: "auditStreams",
    link: linkOptions({ to: "/audit-streams" }),
    icon: IconFileExport,
    permission: "gateway_audit_streams.read",
  },
];
