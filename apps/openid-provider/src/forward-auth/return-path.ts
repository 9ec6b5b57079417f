const MOST_CHARACTERS = 1_000;

/**
 * Where somebody wanted to go on a protected host: a path with its query, on that host and nowhere else. Whatever is not
 * becomes the host's front page: there is nothing to tell whoever made it up, and the person signs in all the same.
 */
export function returnPath(wanted: string, origin: string): string {
  if (wanted.length > MOST_CHARACTERS || !/^\/[\x21-\x7e]*$/.test(wanted) || !URL.canParse(wanted, origin)) {
    return "/";
  }
  const url = new URL(wanted, origin); // browsers read `\` as `/`, and leave the host by `//`: so does this
  return url.origin === origin && !url.pathname.startsWith("//") ? url.pathname + url.search : "/";
}

/** Parameters that say which organization is to sign in, as the authorization endpoint takes them. */
const CHOICES = ["organization", "connection", "domain", "login_hint"];

/** Those of them that a proxy's configuration names, before the last parameter `name`. */
export function choicesBefore(url: string, name: string): Readonly<Record<string, string>> {
  const [own = ""] = url.split(new RegExp(`[?&]${name}=`), 1);
  const given = new URL(own, "http://localhost").searchParams;
  return Object.fromEntries([...given].filter(([key]) => CHOICES.includes(key)));
}

/**
 * The last parameter of a URL, with all that follows it. Proxies write the address that was asked for into it as it came,
 * with its own `?` and `&`; an encoded one is understood, too.
 */
export function lastParameter(url: string, name: string): string {
  const at = url.search(new RegExp(`[?&]${name}=`));
  if (at < 0) {
    return "";
  }
  const value = url.slice(at + name.length + 2);
  if (value.startsWith("/")) {
    return value;
  }
  try {
    return decodeURIComponent(value);
  } catch {
    return ""; // a percent sign that starts no escape
  }
}
