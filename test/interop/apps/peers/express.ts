import { installNode, startNode } from "../node.ts";
import type { Peer } from "../peer.ts";

export const express: Peer = {
  name: "express",
  page: "/",
  signOut: "/logout",
  endsWholePerson: true,
  install: (folder) => installNode(folder, "express-openid-connect"),
  start: startNode,
};
