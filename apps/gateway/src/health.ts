import { type Outage, outageOf } from "@sallyport/outage";
import { type Request, type Response, Router } from "express";

/** Resolves when the thing can be used; rejects with an error whose message may be shown. */
export type ReadinessCheck = () => Promise<void>;

export interface HealthDeps {
  readonly checks: Readonly<Record<string, ReadinessCheck>>;
  readonly isStopping: () => boolean;
}

const CHECK_TIMEOUT_MS = 2_000;

/** `/healthz`: this process turns its event loop. `/readyz`: it can do its work; else 503 and what is not ready. */
export function createHealth(deps: HealthDeps): Router {
  const router = Router();
  router.get("/healthz", (_req, res) => {
    answer(res, 200, { status: "ok" });
  });
  router.get("/readyz", async (_req: Request, res: Response) => {
    if (deps.isStopping()) {
      return answer(res, 503, { status: "stopping", checks: {} });
    }
    const results = await Promise.all(
      Object.entries(deps.checks).map(async ([name, check]) => [name, await outcome(check)] as const),
    );
    const ready = results.every(([, result]) => result === "ok");
    answer(res, ready ? 200 : 503, {
      status: ready ? "ready" : "not ready",
      checks: Object.fromEntries(results),
    });
  });
  return router;
}

function answer(res: Response, status: number, body: object): void {
  res.status(status).set("cache-control", "no-store").json(body);
}

async function outcome(check: ReadinessCheck): Promise<string> {
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new NotReady("no answer within 2 s")), CHECK_TIMEOUT_MS);
  });
  try {
    await Promise.race([check(), timeout]);
    return "ok";
  } catch (error) {
    // Anyone may ask: an unexpected error's text could name hosts or users.
    if (error instanceof NotReady) {
      return error.message;
    }
    const outage = outageOf(error);
    return outage === undefined ? "not reachable" : describeOutage(outage);
  } finally {
    clearTimeout(timer);
  }
}

/** Which server is away, and how; it names no host. */
export function describeOutage({ server, kind }: Outage): string {
  return `not reachable: ${server} is away (${kind})`;
}

/** A reason that may be shown to anyone. */
export class NotReady extends Error {}
