import { Validator } from "@seriousme/openapi-schema-validator";
import { describe, expect, it } from "vitest";
import { endpointsOf } from "../resources/index.ts";
import { DECLARED } from "../testing/api.ts";
import { openApiDocument } from "./openapi.ts";

const document = (rotates: boolean) =>
  openApiDocument(endpointsOf(rotates ? { signingKeys: DECLARED } : {}), "https://sso.example.com");

describe("the OpenAPI document", () => {
  it("is valid OpenAPI 3.1", async () => {
    const validator = new Validator();
    const { valid, errors } = await validator.validate({ ...document(true) });
    expect(errors).toBeUndefined();
    expect(valid).toBe(true);
    expect(validator.version).toBe("3.1");
  });

  it("names each operation once", () => {
    const ids = endpointsOf({}).map((endpoint) => endpoint.operationId);
    expect(new Set(ids).size).toBe(ids.length);
  });

  it("tells of no rotation where there is none", () => {
    expect(Object.keys(document(true).paths ?? {})).toEqual(
      expect.arrayContaining(["/signing-keys/rotate", "/signing-keys/{kid}/distrust"]),
    );
    for (const path of ["/signing-keys/rotate", "/signing-keys/{kid}/distrust"]) {
      expect(Object.keys(document(false).paths ?? {})).not.toContain(path);
    }
  });

  it("tells of closed objects, so that generated clients refuse what the API would", () => {
    expect(document(false).components?.schemas?.NewRole).toMatchObject({ additionalProperties: false });
  });
});
