import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createTestIdp } from "@sallyport/saml/testing";
import { freePorts } from "../../harness/process.ts";
import { type Behaviour, type ForeignIdp, PERSON, query } from "../foreign-idp.ts";
import { type ServerProcess, startServer } from "../process.ts";

const PORTAL = "/usr/share/lemonldap-ng/portal";
const BASIC = "urn:oasis:names:tc:SAML:2.0:attrname-format:basic";
const FOLDERS = ["conf", "cache", "sessions", "sessions/lock", "psessions", "psessions/lock"];

/** Debian's LemonLDAP::NG portal under plackup; all that it writes is below one temporary folder. */
export async function startLemonLdap(): Promise<ForeignIdp> {
  const folder = await mkdtemp(join(tmpdir(), "sallyport-lemonldap-ng-"));
  for (const name of FOLDERS) {
    await mkdir(join(folder, name));
  }
  const port = await freePorts();
  // Another host name than the gateway's localhost: to the browser it is another site.
  const url = `http://127.0.0.1:${port}`;
  await writeFile(join(folder, "lemonldap-ng.ini"), ini(folder));
  await writeFile(join(folder, "app.psgi"), APPLICATION);

  const service = serviceProviderlessConfiguration(url, folder);
  let server: ServerProcess;
  /** It reads its configuration when it starts; sessions stay. */
  async function run(configuration: object): Promise<void> {
    await writeFile(join(folder, "conf/lmConf-1.json"), JSON.stringify(configuration));
    await rm(join(folder, "cache"), { recursive: true });
    await mkdir(join(folder, "cache"));
    server = await startServer(
      "plackup",
      ["--host", "127.0.0.1", "--port", `${port}`, "--env", "deployment", "app.psgi"],
      {
        cwd: folder,
        env: {
          PATH: process.env.PATH,
          LLNG_DEFAULTCONFFILE: join(folder, "lemonldap-ng.ini"),
          LLNG_DEFAULTLOGGER: "Lemonldap::NG::Common::Logger::Std",
        },
        url,
      },
    );
  }
  await run(service);

  return {
    name: "LemonLDAP::NG",
    metadataXml: async () => (await fetch(`${url}/saml/metadata/idp`)).text(),
    async trust(spMetadata, behaviour = {}) {
      await server.stop();
      await run({ ...service, ...serviceProvider(spMetadata, behaviour) });
    },
    async signIn(page) {
      await page.locator("input[name=user]").fill(PERSON.login);
      await page.locator("input[name=password]").fill(PERSON.login); // its demonstration backend wants the same again
      await page.locator("button[type=submit]").first().click();
    },
    startUrl: ({ spEntityId }, relayState) =>
      `${url}/saml/singleSignOn?${query({ IDPInitiated: "1", sp: spEntityId, RelayState: relayState })}`,
    signOutUrl: `${url}/?logout=1`,
    log: async () => server.output(),
    async stop() {
      await server.stop();
      await rm(folder, { recursive: true });
    },
  };
}

const ini = (folder: string) => `[all]
logLevel = debug
checkTime = 1

[configuration]
type = File
dirName = ${folder}/conf
localStorage = Cache::FileCache
localStorageOptions = { 'namespace' => 'config', 'default_expires_in' => 600, 'cache_root' => '${folder}/cache' }

[portal]
staticPrefix = /static
templateDir = ${PORTAL}/templates
languages = en
`;

/** The portal, and the one person that its demonstration backend shall know. */
const APPLICATION = `use Plack::Builder;
use Plack::Util;
use Lemonldap::NG::Portal::UserDB::Demo;
use Lemonldap::NG::Portal::Main;

$Lemonldap::NG::Portal::UserDB::Demo::demoAccounts{'${PERSON.login}'} = {
  uid => '${PERSON.login}', cn => '${PERSON.name}', mail => '${PERSON.email}',
  givenName => '${PERSON.givenName}', sn => '${PERSON.familyName}',
};
${PERSON.groups.map((group) => `$Lemonldap::NG::Portal::UserDB::Demo::demoGroups{'${group}'} = ['${PERSON.login}'];`).join("\n")}

my $portal = Lemonldap::NG::Portal::Main->run({});
builder {
  enable 'Static', path => qr{^/static/}, root => '${PORTAL}/htdocs/';
  # It names .127.0.0.1 as the domain of its cookies, and no browser takes an IP address with a dot before it.
  enable sub {
    my $app = shift;
    sub { Plack::Util::response_cb($app->(@_), sub { s/; *domain=[^;]*//i for @{ $_[0][1] } }) };
  };
  $portal;
};
`;

function serviceProviderlessConfiguration(url: string, folder: string) {
  const { privateKey, certificate } = createTestIdp();
  const files = (name: string) => ({
    Directory: `${folder}/${name}`,
    LockDirectory: `${folder}/${name}/lock`,
  });
  return {
    cfgNum: 1,
    cfgDate: 1,
    portal: `${url}/`,
    domain: "127.0.0.1",
    securedCookie: 0,
    sameSite: "Lax",
    key: "0123456789abcdef",
    authentication: "Demo",
    userDB: "Same",
    passwordDB: "Null",
    demoExportedVars: { uid: "uid", cn: "cn", mail: "mail", givenName: "givenName", sn: "sn" },
    exportedVars: {},
    locationRules: { "127.0.0.1": { default: "accept" } },
    exportedHeaders: {},
    globalStorage: "Apache::Session::File",
    globalStorageOptions: files("sessions"),
    persistentStorage: "Apache::Session::File",
    persistentStorageOptions: files("psessions"),
    issuerDBSAMLActivation: 1,
    samlServicePrivateKeySig: privateKey.export({ type: "pkcs8", format: "pem" }),
    samlServicePublicKeySig: certificate,
    samlServiceUseCertificateInResponse: 1,
    samlIDPSSODescriptorWantAuthnRequestsSigned: 0,
  };
}

function serviceProvider(metadata: string, { encrypt, wantSignedRequests, transient }: Behaviour) {
  const assert = (name: string) => `1;${name};${BASIC};`;
  return {
    samlSPMetaDataXML: { gateway: { samlSPMetaDataXML: metadata } },
    samlSPMetaDataExportedAttributes: {
      gateway: {
        mail: assert("mail"),
        cn: assert("cn"),
        givenName: assert("givenName"),
        sn: assert("sn"),
        groups: assert("groups"),
      },
    },
    samlSPMetaDataOptions: {
      gateway: {
        samlSPMetaDataOptionsNameIDFormat: transient ? "transient" : "persistent",
        samlSPMetaDataOptionsEncryptionMode: encrypt ? "assertion" : "none",
        samlSPMetaDataOptionsCheckSSOMessageSignature: wantSignedRequests ? 1 : 0,
        samlSPMetaDataOptionsCheckSLOMessageSignature: 1,
        samlSPMetaDataOptionsSignSSOMessage: 1,
        samlSPMetaDataOptionsSignSLOMessage: 1,
        samlSPMetaDataOptionsSignatureMethod: "RSA_SHA256",
        samlSPMetaDataOptionsEnableIDPInitiatedURL: 1,
      },
    },
  };
}
