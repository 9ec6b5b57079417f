import { Load } from "../measure/load.ts";
import type { Scenario, Workload } from "../scenario.ts";
import type { Subject } from "../world/subject.ts";
import { PEOPLE } from "./people.ts";
import { pushCompany } from "./push.ts";
import { addSamlPeople } from "./saml-site.ts";

/** So few that it is the push that would make them wait, and not each other. */
const LANES = 2;
const PUSH_LANES = 16;
const COMPANY = { users: 10_000, groups: 100 };

/** What the next is to be read beside. */
export const loginAlone: Scenario = logins("login-alone", "SAML login, 2 at once", (login) => ({
  round: (load) => load.forSeconds(login),
}));

/** Another tenant's first push must not be felt by those who sign in. The CPU times are of both. */
export const loginDuringPush: Scenario = logins(
  "login-during-push",
  "SAML login, 2 at once, during a push of 10,000",
  (login, subject) => ({
    async round(load) {
      const pushes = new Load({ concurrency: PUSH_LANES, seconds: 0 });
      let pushing = true;
      const push = pushCompany(subject, pushes, COMPANY).finally(() => {
        pushing = false;
      });
      await load.during(() => pushing, login);
      await push;
      const { failures, times } = pushes.record();
      for (const failure of failures) {
        load.fail(`push: ${failure}`);
      }
      for (const [name, seconds] of Object.entries(times)) {
        load.tell(`push: ${name}`, seconds);
      }
    },
    sample: (load) => load.forSeconds(login),
  }),
);

function logins(
  name: string,
  title: string,
  how: (login: () => Promise<void>, subject: Subject) => Pick<Workload, "round" | "sample">,
): Scenario {
  return {
    name,
    title,
    unit: "login",
    concurrency: LANES,
    async prepare({ sallyport }) {
      const { login } = await addSamlPeople(sallyport, name);
      return {
        measured: sallyport,
        warmUp: (load) => load.each(Array(PEOPLE), login),
        ...how(login, sallyport),
      };
    },
  };
}
