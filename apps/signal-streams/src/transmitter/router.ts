import { isDeepStrictEqual } from "node:util";
import type { Origin } from "@sallyport/events";
import { requestId } from "@sallyport/http";
import { OAuthError } from "@sallyport/oauth";
import {
  addSubject,
  createStream,
  deleteStream,
  findStream,
  listStreams,
  removeSubject,
  requestVerification,
  type Stream,
  type StreamSettings,
  setStatus,
  updateStream,
} from "@sallyport/shared-signals";
import express, { type Request, type Response, Router } from "express";
import type { SignalStreamsDeps } from "../index.ts";
import { createAuthorize, type Receiver, type SsfScope } from "./authorize.ts";
import { type StreamConfiguration, streamConfiguration, transmitterConfiguration } from "./configuration.ts";
import { answerErrors } from "./errors.ts";
import { PATHS, pollPath } from "./paths.ts";
import { createPoll } from "./poll.ts";
import {
  changeBody,
  createBody,
  parse,
  pollBody,
  requireStreamId,
  statusBody,
  subjectBody,
  unknownStream,
  verifyBody,
} from "./requests.ts";

type Handler = (req: Request, res: Response, receiver: Receiver) => Promise<void>;

/** The event stream management API (SSF 1.0, section 8): an application sees and changes its own streams alone. */
export function createTransmitterRouter(deps: SignalStreamsDeps): Router {
  const { database, publicUrl: issuer, now, signingKeys: keys } = deps;
  const { sql } = database;
  const authorize = createAuthorize({ sql, keys, issuer });
  const { stopping = new AbortController().signal } = deps;
  const poll = createPoll({ database, keys, issuer, now, stopping });
  const router = Router();
  const json = express.json({ limit: "256kb", type: () => true });

  /** The body is read once it is known who sends it. */
  function serve(
    method: "get" | "post" | "patch" | "put" | "delete",
    path: string,
    scope: SsfScope,
    handle: Handler,
  ) {
    router[method](path, async (req, res, next) => {
      const receiver = await authorize(req, scope);
      res.set("cache-control", "no-store");
      await new Promise<void>((resolve, reject) => {
        json(req, res, (error?: unknown) => (error === undefined ? resolve() : reject(error)));
      });
      await handle(req, res, receiver).catch(next);
    });
  }

  const streamOf = async (id: unknown, { applicationId }: Receiver): Promise<Stream> => {
    const stream = await findStream(sql, applicationId, requireStreamId(id));
    if (stream === null) {
      throw unknownStream();
    }
    return stream;
  };

  router.get(PATHS.configuration, (_req, res) => {
    res.set("cache-control", "public, max-age=300").json(transmitterConfiguration(issuer));
  });

  serve("post", PATHS.streams, "ssf.manage", async (req, res, receiver) => {
    const settings = settingsOf(parse(createBody, req.body ?? {}));
    const stream = await createStream(
      deps,
      receiver.applicationId,
      { ...DEFAULTS, ...settings },
      originOf(req),
    );
    if (stream === null) {
      throw new OAuthError("invalid_request", "The application has as many streams as it may: delete one", {
        status: 409,
      });
    }
    res.status(201).json(streamConfiguration(issuer, stream, receiver));
  });

  serve("get", PATHS.streams, "ssf.read", async (req, res, receiver) => {
    const { stream_id: id } = req.query;
    const shown = (stream: Stream) => streamConfiguration(issuer, stream, receiver);
    res.json(
      id === undefined
        ? (await listStreams(sql, receiver.applicationId)).map(shown)
        : shown(await streamOf(id, receiver)),
    );
  });

  const change =
    (all: boolean): Handler =>
    async (req, res, receiver) => {
      const body = parse(changeBody, req.body);
      const stream = await streamOf(body.stream_id, receiver);
      requireUnchanged(body, streamConfiguration(issuer, stream, receiver));
      // What a replacement leaves out is deleted (section 8.1.1.4).
      const settings = { ...(all ? DEFAULTS : {}), ...settingsOf(body) };
      const changed = await updateStream(deps, stream, settings, originOf(req));
      if (changed === null) {
        throw unknownStream();
      }
      res.json(streamConfiguration(issuer, changed, receiver));
    };
  serve("patch", PATHS.streams, "ssf.manage", change(false));
  serve("put", PATHS.streams, "ssf.manage", change(true));

  serve("delete", PATHS.streams, "ssf.manage", async (req, res, { applicationId }) => {
    const id = requireStreamId(req.query.stream_id);
    if (!(await deleteStream(deps, { applicationId, id }, originOf(req)))) {
      throw unknownStream();
    }
    res.status(204).end();
  });

  serve("get", PATHS.status, "ssf.read", async (req, res, receiver) => {
    res.json(statusOf(await streamOf(req.query.stream_id, receiver)));
  });

  serve("post", PATHS.status, "ssf.manage", async (req, res, { applicationId }) => {
    const { stream_id, status, reason = null } = parse(statusBody, req.body);
    const id = requireStreamId(stream_id);
    const next = { status, reason };
    const change = await setStatus(deps, { applicationId, id }, next, {
      by: "receiver",
      origin: originOf(req),
    });
    switch (change.is) {
      case "unknown":
        throw unknownStream();
      case "kept":
        // SSF 1.0, section 8.1.2.2.
        throw new OAuthError("invalid_request", "An operator of the transmitter set this status: ask them", {
          status: 403,
        });
      case "done":
        res.json(statusOf(change.stream));
    }
  });

  serve("post", PATHS.addSubject, "ssf.manage", async (req, res, { applicationId }) => {
    const { stream_id, subject } = parse(subjectBody, req.body);
    const streamId = requireStreamId(stream_id);
    if ((await addSubject(database, { applicationId, streamId, subject, issuer })) === "unknown") {
      throw unknownStream();
    }
    res.status(200).end();
  });

  serve("post", PATHS.removeSubject, "ssf.manage", async (req, res, { applicationId }) => {
    const { stream_id, subject } = parse(subjectBody, req.body);
    const streamId = requireStreamId(stream_id);
    const done = await removeSubject(database, { applicationId, streamId, subject, issuer });
    if (done === "unknown") {
      throw unknownStream();
    }
    if (done === "too_many") {
      throw new OAuthError("invalid_request", "The stream leaves out as many subjects as it may", {
        status: 403,
      });
    }
    res.status(204).end();
  });

  serve("post", PATHS.verify, "ssf.manage", async (req, res, { applicationId }) => {
    const { stream_id, state } = parse(verifyBody, req.body);
    const id = requireStreamId(stream_id);
    const verification = await requestVerification(deps, { applicationId, id }, { state });
    switch (verification.is) {
      case "unknown":
        throw unknownStream();
      case "disabled":
        throw new OAuthError("invalid_request", "The stream is disabled: enable it first");
      case "too_soon":
        throw new OAuthError("temporarily_unavailable", "A verification was asked for a moment ago", {
          headers: { "retry-after": String(verification.waitSeconds) },
        });
      case "asked":
        res.status(204).end();
    }
  });

  serve("post", pollPath(":streamId"), "ssf.read", async (req, res, receiver) => {
    const stream = await streamOf(req.params.streamId, receiver);
    await poll(res, stream, receiver, parse(pollBody, req.body ?? {}));
  });

  router.use(Object.values(PATHS), answerErrors);
  return router;
}

/** An application acts by itself: the event names it, and its actor is none of the people and keys that actors are. */
function originOf(req: Request): Origin {
  return { actor: { type: "system" }, requestId: requestId(req) };
}

/** Without a word on it, a stream is polled (section 8.1.1.1), and has no event in it. */
const DEFAULTS: StreamSettings = {
  delivery: { method: "poll" },
  eventsRequested: [],
  subjectFormat: "complex",
  description: null,
};

function settingsOf(body: ReturnType<typeof parse<typeof createBody>>): Partial<StreamSettings> {
  const { delivery, events_requested: eventsRequested, format: subjectFormat, description } = body;
  return {
    ...(delivery === undefined ? {} : { delivery }),
    ...(eventsRequested === undefined ? {} : { eventsRequested: [...new Set(eventsRequested)] }),
    ...(subjectFormat === undefined ? {} : { subjectFormat }),
    ...(description === undefined ? {} : { description }),
  };
}

const SUPPLIED = ["iss", "aud", "events_supported", "events_delivered", "min_verification_interval"] as const;

function requireUnchanged(body: ReturnType<typeof parse<typeof changeBody>>, is: StreamConfiguration): void {
  for (const name of SUPPLIED) {
    if (body[name] !== undefined && !isDeepStrictEqual(body[name], is[name])) {
      throw new OAuthError(
        "invalid_request",
        `${name} is the transmitter's to say: leave it out, or send it as it is`,
      );
    }
  }
}

function statusOf({ id, status, statusReason }: Stream) {
  return { stream_id: id, status, ...(statusReason === null ? {} : { reason: statusReason }) };
}
