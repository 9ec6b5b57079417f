const FRONT = "/console";
const MOST_CHARACTERS = 1_000;

/**
 * Where in the console somebody wanted to go; its front page where that is no page of the console, as a browser reads it
 * (which takes `\` for `/`, and leaves the host by `//`).
 */
export function consolePath(wanted: unknown, publicUrl: string): string {
  if (
    typeof wanted !== "string" ||
    wanted.length > MOST_CHARACTERS ||
    !/^\/console[\x21-\x7e]*$/.test(wanted)
  ) {
    return FRONT;
  }
  if (!URL.canParse(wanted, publicUrl)) {
    return FRONT;
  }
  const { origin, pathname, search } = new URL(wanted, publicUrl);
  const isOurs = origin === new URL(publicUrl).origin && /^\/console(?:$|\/(?!\/))/.test(pathname);
  return isOurs ? pathname + search : FRONT;
}
