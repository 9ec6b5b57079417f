import { inflateRawSync } from "node:zlib";
import {
  createTestIdp,
  escapeXml,
  type TestIdp,
  type TestIdpOptions,
  type TestLogin,
} from "@sallyport/saml/testing";
import express from "express";
import { listen } from "./listen.ts";
import { type ConsoleField, consolePage, type Shown, type Typed } from "./page.ts";
import { ANN, type SamlConsole, type SamlField } from "./saml-facts.ts";

/** A product's SAML pages, and an identity provider behind them that is made of nothing but what was typed there. */
export interface SimulatedSaml {
  readonly consoleUrl: string;
  /** What its documentation says of where its metadata is. */
  readonly metadataUrl: string;
  /** How it answers beside what was typed, as a product does that is set up or behaves otherwise. */
  misbehave(answer: Misbehaviour): void;
  /** The identity provider, once the page was saved. */
  readonly idp: TestIdp;
  close(): Promise<void>;
}

export interface Misbehaviour {
  readonly login?: Partial<TestLogin>;
  /** It answers with this status in place of an assertion. */
  readonly status?: { readonly code: string; readonly subCode?: string; readonly message?: string };
}

/** @param own what the identity provider has of its own accord, such as its certificate */
export async function startSimulatedSaml(
  product: SamlConsole,
  own: TestIdpOptions = {},
): Promise<SimulatedSaml> {
  const app = express();
  const { url, close } = await listen(app);
  const metadataUrl = `${url}${product.metadata.path}`;
  let configured: { readonly typed: Typed; readonly idp: TestIdp } | null = null;
  let misbehaviour: Misbehaviour = {};
  const saved = () => {
    if (configured === null) {
      throw new Error("Nothing was saved in the console");
    }
    return configured;
  };

  app.get("/console", (_req, res) => {
    const shown = configured === null ? {} : shownBy(product, metadataUrl, url, configured.idp);
    res.send(consolePage(mapValues(product.fields, inputOf), configured?.typed ?? null, shown));
  });
  app.post("/console", express.urlencoded({ extended: false }), (req, res) => {
    const typed = req.body as Typed;
    const entityId = fieldsThat(product, "idpEntityId").map((name) => typed[name])[0];
    const idp =
      configured?.idp ??
      createTestIdp({ ...own, entityId: entityId || `${url}/issuer`, ssoUrl: `${url}/sso` });
    configured = { typed, idp };
    res.redirect("/console");
  });
  app.get(product.metadata.path, (_req, res) => void res.type("xml").send(saved().idp.metadata()));
  app.get("/sso", async (req, res) => {
    const { typed, idp } = saved();
    const refusal = refusalOf(product, typed);
    if (refusal !== null) {
      return void res.status(403).send(`<h1>${escapeXml(refusal)}</h1>`);
    }
    const request = new URL(req.originalUrl, url).searchParams;
    const inResponseTo = requestIdOf(request.get("SAMLRequest") ?? "");
    const login = { ...(await loginOf(product, typed)), inResponseTo, ...misbehaviour.login };
    const response =
      misbehaviour.status === undefined
        ? idp.signResponse(login)
        : idp.errorResponse(login, misbehaviour.status);
    const hidden = (name: string, value: string) =>
      `<input type="hidden" name="${name}" value="${escapeXml(value)}">`;
    // Where the browser is sent is what was typed, whatever the assertion says of it.
    const { acsUrl } = await serviceProviderOf(product, typed);
    res.send(
      `<form method="post" action="${escapeXml(acsUrl)}">${hidden("SAMLResponse", response)}${hidden("RelayState", request.get("RelayState") ?? "")}<button>Sign in as Ann</button></form>`,
    );
  });

  return {
    consoleUrl: `${url}/console`,
    metadataUrl,
    misbehave: (answer) => {
      misbehaviour = answer;
    },
    get idp() {
      return saved().idp;
    },
    close,
  };
}

function inputOf(field: SamlField): ConsoleField {
  switch (field.is) {
    case "choice":
      return field;
    case "needed":
      return field.options === undefined
        ? { is: field.text === "✓" ? "tick" : "text" }
        : { is: "choice", options: field.options };
    case "tick":
    case "assigns":
      return { is: "tick" };
    default:
      return { is: "text" };
  }
}

/** Why the product lets nobody in as it is set up; null: it does. */
function refusalOf({ fields }: SamlConsole, typed: Typed): string | null {
  for (const [name, field] of Object.entries(fields)) {
    if (field.is === "assigns" && typed[name] === undefined) {
      return `You are not assigned to this application: ${name}`;
    }
    if (field.is === "needed" && typed[name] !== (field.text === "✓" ? "on" : field.text)) {
      return `Not set up: ${name} has to be ${field.text}`;
    }
  }
  return null;
}

/** The assertion that the product makes of what was typed. */
async function loginOf(product: SamlConsole, typed: Typed): Promise<Omit<TestLogin, "inResponseTo">> {
  const attributes: Record<string, string | readonly string[]> = {};
  const send = (name: string, value: string | readonly string[]) => {
    attributes[product.attributeNames?.[name] ?? name] = value;
  };
  for (const [name, fact] of Object.entries(product.sends ?? {})) {
    send(name, ANN[fact]);
  }
  let nameId: string = ANN.email;
  let sign: TestLogin["sign"] = "assertion";
  for (const [name, field] of Object.entries(product.fields)) {
    const value = typed[name] ?? "";
    const source = product.sources?.[value];
    if (field.is === "attribute" && source !== undefined) {
      send(name, ANN[source]);
    }
    if (field.is === "source" && value !== "") {
      send(value, ANN[field.of]);
    }
    if (field.is === "nameId") {
      nameId = String(ANN[source ?? field.of]);
    }
    if (field.is === "choice" && field.signs !== undefined) {
      sign = field.signs[value] ?? sign;
    }
  }
  return { ...(await serviceProviderOf(product, typed)), attributes, nameId, sign };
}

/** Whom the product knows: as it was typed, or as our metadata says where only that was given. */
async function serviceProviderOf(product: SamlConsole, typed: Typed) {
  const values = (is: SamlField["is"]) =>
    [...new Set(fieldsThat(product, is).map((name) => typed[name] ?? ""))].filter((value) => value !== "");
  const [acsUrl, otherUrl] = values("acsUrl");
  const [audience] = values("audience");
  if (otherUrl !== undefined) {
    throw new Error(`Two addresses were typed for one: ${acsUrl}, ${otherUrl}`);
  }
  const [metadataUrl] = values("spMetadataUrl");
  if (metadataUrl !== undefined) {
    const xml = await (await fetch(metadataUrl)).text();
    const read = {
      acsUrl: /AssertionConsumerService[^>]*Location="([^"]+)"/.exec(xml)?.[1] ?? "",
      audience: /entityID="([^"]+)"/.exec(xml)?.[1] ?? "",
    };
    if ((acsUrl ?? read.acsUrl) !== read.acsUrl || (audience ?? read.audience) !== read.audience) {
      throw new Error("The addresses that were typed are not those of the metadata");
    }
    return read;
  }
  return { acsUrl: acsUrl ?? "", audience: audience ?? "" };
}

function shownBy(product: SamlConsole, metadataUrl: string, url: string, idp: TestIdp): Shown {
  if (product.byHand === true) {
    return {
      "Entity ID (issuer)": idp.entityId,
      "Single sign-on URL": `${url}/sso`,
      Certificate: idp.certificate,
    };
  }
  const { shownAs } = product.metadata;
  if (shownAs === null) {
    return {};
  }
  return { [shownAs]: product.fileOnly === true ? { download: metadataUrl } : metadataUrl };
}

const fieldsThat = (product: SamlConsole, is: SamlField["is"]) =>
  Object.entries(product.fields).flatMap(([name, field]) => (field.is === is ? [name] : []));

function mapValues<In, Out>(
  record: Readonly<Record<string, In>>,
  map: (value: In) => Out,
): Record<string, Out> {
  return Object.fromEntries(Object.entries(record).map(([name, value]) => [name, map(value)]));
}

function requestIdOf(deflated: string): string {
  const xml = inflateRawSync(Buffer.from(deflated, "base64")).toString();
  return /\bID="([^"]+)"/.exec(xml)?.[1] ?? "";
}
