import express from "express";
import { listen } from "./listen.ts";
import { type ConsoleField, consolePage, type Typed } from "./page.ts";
import type { ScimField } from "./scim-facts.ts";

/** A product's provisioning pages. What is saved there is tried at once: it pushes Ann. */
export async function startSimulatedScim(fields: Readonly<Record<string, ScimField>>) {
  const app = express();
  const { url, close } = await listen(app);
  let saved: { readonly typed: Typed; readonly answer: string } | null = null;
  const named = (is: ScimField["is"], typed: Typed) =>
    Object.entries(fields).flatMap(([name, field]) => (field.is === is ? [typed[name] ?? ""] : []))[0] ?? "";

  app.get("/console", (_req, res) => {
    const inputs = Object.entries(fields).map(([name, field]) => [name, inputOf(field)] as const);
    const shown = { "Test result": saved?.answer ?? "" };
    res.send(consolePage(Object.fromEntries(inputs), saved?.typed ?? null, shown));
  });
  app.post("/console", express.urlencoded({ extended: false }), async (req, res) => {
    const typed = req.body as Typed;
    const missing = Object.entries(fields).find(
      ([name, field]) => field.is === "needed" && typed[name] !== (field.text === "✓" ? "on" : field.text),
    );
    const answer =
      missing === undefined
        ? await push(named("baseUrl", typed), named("token", typed))
        : `Set ${missing[0]}`;
    saved = { typed, answer };
    res.redirect("/console");
  });
  return { consoleUrl: `${url}/console`, close };
}

async function push(baseUrl: string, token: string): Promise<string> {
  const pushed = await fetch(`${baseUrl}/Users`, {
    method: "POST",
    headers: { authorization: `Bearer ${token}`, "content-type": "application/scim+json" },
    body: JSON.stringify({
      schemas: ["urn:ietf:params:scim:schemas:core:2.0:User"],
      userName: "ann@acme.example",
      active: true,
    }),
  });
  return String(pushed.status);
}

function inputOf(field: ScimField): ConsoleField {
  if (field.is !== "needed") {
    return { is: "text" };
  }
  return field.options === undefined
    ? { is: field.text === "✓" ? "tick" : "text" }
    : { is: "choice", options: field.options };
}
