import { randomBytes } from "node:crypto";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createTestIdp } from "@sallyport/saml/testing";
import { freePorts } from "../../harness/process.ts";
import { type Behaviour, type ForeignIdp, PERSON, query } from "../foreign-idp.ts";
import { startServer } from "../process.ts";

const INSTALLED = "/usr/share/simplesamlphp";
const PERSISTENT = "urn:oasis:names:tc:SAML:2.0:nameid-format:persistent";

/** Debian's SimpleSAMLphp on PHP's own web server; all that it writes is below one temporary folder. */
export async function startSimpleSamlPhp(): Promise<ForeignIdp> {
  const folder = await mkdtemp(join(tmpdir(), "sallyport-simplesamlphp-"));
  const path = (...parts: string[]) => join(folder, ...parts);
  const port = await freePorts();
  // Another host name than the gateway's localhost: to the browser it is another site.
  const url = `http://127.0.0.1:${port}`;
  const entityId = `${url}/saml2/idp/metadata.php`;
  for (const name of ["metadata", "certificates", "log", "data", "sessions", "temporary"]) {
    await mkdir(path(name));
  }
  const { privateKey, certificate } = createTestIdp();
  await writeFile(path("certificates/idp.key"), privateKey.export({ type: "pkcs8", format: "pem" }));
  await writeFile(path("certificates/idp.crt"), certificate);
  await writeFile(path("config.php"), phpFile("config", configuration(url, folder)));
  await writeFile(path("authsources.php"), phpFile("config", authenticationSources()));
  await writeFile(path("metadata/sp.xml"), NOBODY);
  const configure = (behaviour: Behaviour) =>
    writeFile(path("metadata/saml20-idp-hosted.php"), phpFile("metadata", { [entityId]: hosted(behaviour) }));
  await configure({});

  // Its cache looks at files every two seconds; a test changes them and goes on.
  const php = ["-d", "opcache.enable=0", "-S", `127.0.0.1:${port}`, "-t", `${INSTALLED}/www`];
  const server = await startServer("php", php, {
    env: { PATH: process.env.PATH, SIMPLESAMLPHP_CONFIG_DIR: folder, PHP_CLI_SERVER_WORKERS: "4" },
    url,
  });
  return {
    name: "SimpleSAMLphp",
    metadataXml: async () => (await fetch(entityId)).text(),
    async trust(spMetadata, behaviour = {}) {
      await writeFile(path("metadata/sp.xml"), spMetadata);
      await configure(behaviour);
    },
    async signIn(page) {
      await page.locator("input[name=username]").fill(PERSON.login);
      await page.locator("input[name=password]").fill(PERSON.password);
      await page.getByRole("button", { name: "Login" }).click();
    },
    startUrl: ({ spEntityId }, relayState) =>
      `${url}/saml2/idp/SSOService.php?${query({ spentityid: spEntityId, RelayState: relayState })}`,
    signOutUrl: `${url}/saml2/idp/SingleLogoutService.php?ReturnTo=${encodeURIComponent(`${url}/`)}`,
    log: async () => `${await readFile(path("log/simplesamlphp.log"), "utf8")}\n${server.output()}`,
    async stop() {
      await server.stop();
      await rm(folder, { recursive: true });
    },
  };
}

const NOBODY = `<md:EntitiesDescriptor xmlns:md="urn:oasis:names:tc:SAML:2.0:metadata"/>`;

function configuration(url: string, folder: string) {
  return {
    baseurlpath: `${url}/`,
    certdir: `${folder}/certificates/`,
    loggingdir: `${folder}/log/`,
    datadir: `${folder}/data/`,
    tempdir: `${folder}/temporary`,
    metadatadir: `${folder}/metadata/`,
    attributenamemapdir: "/etc/simplesamlphp/attributemap/",
    secretsalt: randomBytes(16).toString("hex"),
    "auth.adminpassword": randomBytes(16).toString("hex"),
    "admin.checkforupdates": false,
    timezone: "UTC",
    "logging.handler": "file",
    "logging.level": 7,
    showerrors: true,
    "enable.saml20-idp": true,
    "module.enable": { exampleauth: true, core: true, saml: true },
    "store.type": "phpsession",
    "session.phpsession.savepath": `${folder}/sessions`,
    "session.cookie.secure": false,
    "language.default": "en",
    "metadata.sources": [{ type: "flatfile" }, { type: "xml", file: `${folder}/metadata/sp.xml` }],
  };
}

function authenticationSources() {
  return {
    people: {
      0: "exampleauth:UserPass",
      [`${PERSON.login}:${PERSON.password}`]: {
        uid: [PERSON.login],
        mail: [PERSON.email],
        givenName: [PERSON.givenName],
        sn: [PERSON.familyName],
        displayName: [PERSON.name],
        isMemberOf: PERSON.groups,
      },
    },
  };
}

function hosted({ encrypt = false, wantSignedRequests = false, transient = false }: Behaviour) {
  const naming = { class: "saml:AttributeNameID", attribute: "uid", Format: PERSISTENT };
  return {
    host: "__DEFAULT__",
    privatekey: "idp.key",
    certificate: "idp.crt",
    auth: "people",
    "validate.authnrequest": wantSignedRequests,
    "assertion.encryption": encrypt,
    "attributes.NameFormat": "urn:oasis:names:tc:SAML:2.0:attrname-format:uri",
    logouttype: "traditional",
    "sign.logout": true,
    "validate.logout": true,
    ...(transient ? {} : { NameIDFormat: PERSISTENT }),
    authproc: {
      ...(transient ? {} : { 3: naming }),
      100: { class: "core:AttributeMap", 0: "name2oid" },
    },
  };
}

function phpFile(variable: string, value: unknown): string {
  return `<?php\n$${variable} = ${literal(value)};\n`;
}

/** A PHP literal. */
function literal(value: unknown): string {
  if (typeof value === "string") {
    return `'${value.replace(/[\\']/g, "\\$&")}'`;
  }
  if (typeof value === "number" || typeof value === "boolean") {
    return String(value);
  }
  if (Array.isArray(value)) {
    return `[${value.map(literal).join(", ")}]`;
  }
  if (typeof value !== "object" || value === null) {
    throw new TypeError(`no PHP for ${String(value)}`);
  }
  // Keys that are whole numbers become PHP's integer keys.
  return `[${Object.entries(value)
    .map(([key, each]) => `${/^\d+$/.test(key) ? key : literal(key)} => ${literal(each)}`)
    .join(", ")}]`;
}
