import { type Server, Unavailable } from "@sallyport/outage";

/** The result of `work`, or a rejection once `ms` have passed without one: not every client gives up by itself. */
export async function within<T>(server: Server, ms: number, work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(
      () =>
        reject(new Unavailable({ server, kind: "no_answer" }, `${server} did not answer within ${ms} ms`)),
      ms,
    );
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
