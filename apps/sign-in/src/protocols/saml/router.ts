import { findConnection } from "@sallyport/connections";
import type { ConnectionKeys } from "@sallyport/connections/keys";
import { requestId } from "@sallyport/http";
import { Router } from "express";
import type { SignInContext } from "../../core/context.ts";
import { SignInFailure } from "../../core/failures.ts";
import { createAssertionConsumer } from "./assertion-consumer.ts";
import { connectionMetadata } from "./metadata.ts";

const METADATA = "/sso/saml/:connectionId/metadata";

/** The SAML service providers: one per connection, under /sso/saml/{connectionId}. */
export function createSamlRouter(context: SignInContext, keys: ConnectionKeys): Router {
  const { database, publicUrl } = context;
  const router = Router();
  router.get(METADATA, async (req, res) => {
    const connection = await findConnection(database.sql, "saml", req.params.connectionId);
    if (connection === null) {
      throw new SignInFailure("connection_unknown");
    }
    const live = await keys.ensure(connection);
    // A HEAD request does not read the keys.
    if (req.method === "GET") {
      await keys.noteMetadataRead(connection, live, { requestId: requestId(req), ip: req.ip });
    }
    res.type("application/samlmetadata+xml").send(connectionMetadata(publicUrl, connection, live));
  });
  router.all(METADATA, (_req, res) => {
    res.set("allow", "GET, HEAD");
    throw new SignInFailure("method_not_allowed");
  });
  router.use(createAssertionConsumer(context));
  return router;
}
