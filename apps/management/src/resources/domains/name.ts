import { canonicalDomain } from "@sallyport/people";
import { getPublicSuffix, parse } from "tldts";
import { z } from "zod";

/**
 * Domains at which anybody gets a mailbox. A verified domain lets an organization link people by their email
 * (invariant 3) and draws everyone who types such an email to its sign-in: neither may ever hold for strangers.
 */
const PUBLIC_MAIL = new Set(
  `126.com 163.com aol.com duck.com fastmail.com free.fr gmail.com gmx.at gmx.ch gmx.com gmx.de gmx.net googlemail.com
   hey.com hotmail.co.uk hotmail.com hotmail.de hotmail.fr icloud.com laposte.net libero.it live.com live.co.uk
   mac.com mail.com mail.ru me.com msn.com naver.com orange.fr outlook.com outlook.de outlook.fr pm.me proton.me
   protonmail.com qq.com rediffmail.com rocketmail.com t-online.de tuta.com tutanota.com web.de yahoo.co.jp
   yahoo.co.uk yahoo.com yahoo.de yahoo.fr yandex.com yandex.ru ymail.com zoho.com`.split(/\s+/),
);

const LABELS = /^(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z0-9-]{2,63}$/;

/** An email domain from outside, normalized: lower case, punycode (RFC 5891). */
export const domainName = z
  .string()
  .min(1)
  .max(253)
  .transform((value, context) => {
    const name = /\s/.test(value) ? "" : canonicalDomain(value);
    const objection = objectionTo(name);
    if (objection === null) {
      return name;
    }
    context.addIssue(objection);
    return z.NEVER;
  })
  .meta({ description: 'An email domain, as in "acme.com".' });

function objectionTo(name: string): string | null {
  if (!LABELS.test(name) || name.length > 253 || parse(name).isIp === true) {
    return 'Is not a domain name such as "acme.com"';
  }
  if (getPublicSuffix(name, { allowPrivateDomains: true }) === name) {
    return "Is a public suffix, under which anybody registers names: give the organization's own domain";
  }
  if (PUBLIC_MAIL.has(name)) {
    return "Is a public mail service, where anybody has an address";
  }
  return null;
}
