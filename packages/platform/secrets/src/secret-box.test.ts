import { describe, expect, it } from "vitest";
import { createSecretBox, newEncryptionKey, SecretError } from "./secret-box.ts";

const older = newEncryptionKey();
const newer = newEncryptionKey();

function codeOf(work: () => unknown): string {
  try {
    work();
  } catch (error) {
    if (error instanceof SecretError) {
      return error.code;
    }
    throw error;
  }
  return "no error";
}

describe("a secret box", () => {
  it("opens what it sealed, never sealing twice alike", () => {
    const box = createSecretBox([newer]);
    const sealed = box.seal("hunter2 ☂", "connections.settings:1");
    expect(sealed).not.toBe(box.seal("hunter2 ☂", "connections.settings:1"));
    expect(sealed).not.toContain("hunter2");
    expect(box.open(sealed, "connections.settings:1")).toBe("hunter2 ☂");
  });

  it("opens under older keys of the ring, seals under the newest, and tells which key it was", () => {
    const sealed = createSecretBox([older]).seal("x", "c");
    const rotated = createSecretBox([newer, older]);
    expect(rotated.open(sealed, "c")).toBe("x");
    const [newestId, olderId] = rotated.keyIds;
    expect(newestId).not.toBe(olderId);
    expect(sealed.split(".")[1]).toBe(olderId);
    expect(rotated.seal("x", "c").split(".")[1]).toBe(newestId);
  });

  it("refuses a value moved to another place, changed, or of an unknown key", () => {
    const box = createSecretBox([newer]);
    const sealed = box.seal("x", "row:1");
    expect(codeOf(() => box.open(sealed, "row:2"))).toBe("secret_damaged");
    const last = sealed.at(-2) === "A" ? "B" : "A";
    expect(codeOf(() => box.open(`${sealed.slice(0, -2)}${last}${sealed.at(-1)}`, "row:1"))).toBe(
      "secret_damaged",
    );
    expect(codeOf(() => box.open("s1.a.b", "row:1"))).toBe("secret_damaged");
    expect(codeOf(() => createSecretBox([older]).open(sealed, "row:1"))).toBe("secret_key_unknown");
  });

  it("refuses a ring without keys, or with a short one", () => {
    expect(codeOf(() => createSecretBox([]))).toBe("secret_key_invalid");
    expect(codeOf(() => createSecretBox(["c2hvcnQ="]))).toBe("secret_key_invalid");
  });
});
