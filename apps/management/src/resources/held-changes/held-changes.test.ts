import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { accessPlan } from "../../api/plan.ts";
import { startApi, type TestApi } from "../../testing/api.ts";
import { createWorld, type World } from "../../testing/world.ts";
import { heldChange } from "./schema.ts";

let api: TestApi;
let acme: World;
beforeAll(async () => {
  api = await startApi();
  acme = await createWorld(api, "acme");
});
afterAll(() => api.close());

const call = (operationId: string, query: Record<string, string> = {}) =>
  api.call(operationId, { params: { org: "acme", heldChangeId: acme.heldChangeId }, query });

describe("a held change", () => {
  it("is listed by its status, with how many people it is about", async () => {
    const { body } = await call("listHeldChanges", { status: "held" });
    expect(body).toMatchObject({
      items: [
        {
          id: acme.heldChangeId,
          directory: { id: acme.directoryId, name: "Directory" },
          status: "held",
          people: 1,
          suspended: 1,
          decidedAt: null,
        },
      ],
    });
    expect((await call("listHeldChanges", { status: "rejected" })).body).toMatchObject({ items: [] });
  });

  it("has a plan, which tells what the directory says now: of nobody that it does not know", async () => {
    const plan = (await call("planHeldChange")).as(accessPlan);
    expect(plan).toEqual({
      counts: { people: 0, gain: 0, lose: 0, suspend: 0, admit: 0 },
      items: [],
      nextCursor: null,
    });
  });

  it("is rejected, and may be confirmed after that, once each; only then the worker is asked", async () => {
    api.reconciled.length = 0;
    const rejected = (await call("rejectHeldChange")).as(heldChange);
    expect(rejected).toMatchObject({ status: "rejected", people: 1 });
    expect((await call("rejectHeldChange")).outcome).toEqual([409, "held_change_decided"]);
    expect(api.reconciled).toEqual([]);
    expect((await call("confirmHeldChange")).as(heldChange).status).toBe("confirmed");
    expect(api.reconciled).toEqual([acme.organizationId]);
    expect((await call("confirmHeldChange")).outcome).toEqual([409, "held_change_decided"]);
  });
});

describe("a guard", () => {
  const directory = {
    org: "acme",
    get directoryId() {
      return acme.directoryId;
    },
  };
  const settings = { share: 10, people: 3, minutes: 15 };

  it("is the directory's, or else the organization's, or else the default", async () => {
    const get = async () => (await api.call("getDirectoryGuard", { params: { ...directory } })).body;
    expect(await get()).toEqual({ share: 30, people: 20, minutes: 60, setBy: "default" });
    await api.call("replaceGuard", { params: { org: "acme" }, body: { ...settings, share: 50 } });
    expect(await get()).toEqual({ ...settings, share: 50, setBy: "organization" });
    await api.call("replaceDirectoryGuard", { params: { ...directory }, body: settings });
    expect(await get()).toEqual({ ...settings, setBy: "directory" });
    expect((await api.call("getGuard", { params: { org: "acme" } })).body).toMatchObject({ share: 50 });
    await api.call("resetDirectoryGuard", { params: { ...directory } });
    expect(await get()).toMatchObject({ setBy: "organization" });
  });

  it.each([{ share: 101 }, { people: 0 }, { minutes: 0 }, { minutes: 1441 }, { share: 1.5 }])(
    "refuses %j",
    async (change) => {
      const body = { ...settings, ...change };
      const reply = await api.call("replaceGuard", { params: { org: "acme" }, body });
      expect(reply.outcome).toEqual([400, "input_invalid"]);
    },
  );
});
