import { Problem } from "@sallyport/http";
import { expect, it } from "vitest";
import { OpenStreams } from "./open-streams.ts";

/** The code and status of a refusal; null where the stream was opened. */
function refusal(open: OpenStreams, organizationId: string): readonly [number, string] | null {
  try {
    open.open(organizationId);
    return null;
  } catch (error) {
    return error instanceof Problem ? [error.status, error.code] : [0, String(error)];
  }
}

it("keeps a hundred of a process, however many organizations they are of, and then answers 503", () => {
  const open = new OpenStreams();
  const closing = Array.from({ length: 100 }, (_, n) => open.open(`organization ${n % 20}`));
  expect(refusal(open, "another")).toEqual([503, "streams_exhausted"]);
  closing[0]?.();
  expect(refusal(open, "another")).toBeNull();
  expect(refusal(open, "another")).toEqual([503, "streams_exhausted"]);
});

it("keeps ten of an organization, and then answers 429 to it alone", () => {
  const open = new OpenStreams();
  const closing = Array.from({ length: 10 }, () => open.open("acme"));
  expect(refusal(open, "acme")).toEqual([429, "streams_too_many"]);
  expect(refusal(open, "bravo")).toBeNull();
  closing[3]?.();
  expect(refusal(open, "acme")).toBeNull();
});

it("counts nothing twice: what was refused leaves room for what comes after", () => {
  const open = new OpenStreams();
  const closing = Array.from({ length: 10 }, () => open.open("acme"));
  for (let n = 0; n < 500; n++) {
    refusal(open, "acme");
  }
  for (const close of closing) {
    close();
  }
  for (let n = 0; n < 10; n++) {
    expect(refusal(open, "acme")).toBeNull();
  }
});
