import { XmlElement as WasmElement, XmlText as WasmText, XmlDocument } from "libxml2-wasm";
import { describe, expect, it } from "vitest";
import { Refusal } from "../errors/refusal.ts";
import { DEFAULT_LIMITS } from "../limits.ts";
import { mutate } from "../testing/differential/mutate.ts";
import { Random } from "../testing/differential/random.ts";
import { createSeeds } from "../testing/differential/seeds.ts";
import { readCanonical, type XmlElement } from "./canonical-reader.ts";
import { parseXml } from "./document.ts";

const read = (xml: string) => readCanonical(Buffer.from(xml), DEFAULT_LIMITS);

/** libxml2's own view of a document, node by node. */
function libxml2View(node: WasmElement): XmlElement {
  const children: XmlElement[] = [];
  let text = "";
  for (let child = node.firstChild; child !== null; child = child.next) {
    if (child instanceof WasmElement) {
      children.push(libxml2View(child));
    } else if (child instanceof WasmText) {
      text += child.content;
    } else {
      throw new TypeError(`unexpected node in ${node.name}`);
    }
  }
  const attributes = node.attrs.map(({ name, namespaceUri, value }) => ({
    name,
    namespace: namespaceUri,
    value,
  }));
  return { name: node.name, namespace: node.namespaceUri, attributes, children, text };
}

/** C14N sorts attributes. */
function sorted(element: XmlElement): XmlElement {
  const key = ({ namespace, name }: { namespace: string; name: string }) => `${namespace} ${name}`;
  const attributes = [...element.attributes].sort((a, b) => (key(a) < key(b) ? -1 : 1));
  return { ...element, attributes, children: element.children.map(sorted) };
}

function readOrRefuse(xml: string): XmlElement | undefined {
  try {
    return parseXml(Buffer.from(xml), { limits: DEFAULT_LIMITS });
  } catch (error) {
    if (error instanceof Refusal) {
      return undefined;
    }
    throw error;
  }
}

it("reads what libxml2 reads, of mutated responses", () => {
  const random = new Random(1);
  const seeds = createSeeds();
  let compared = 0;
  for (let i = 0; i < 800; i += 1) {
    const xml = mutate(random.pick(seeds).xml, random);
    const ours = readOrRefuse(xml);
    if (ours === undefined) {
      continue;
    }
    const document = XmlDocument.fromBuffer(Buffer.from(xml));
    expect(sorted(ours)).toEqual(sorted(libxml2View(document.root)));
    document.dispose();
    compared += 1;
  }
  expect(compared).toBeGreaterThan(300);
});

describe("canonical XML", () => {
  it("is read with namespaces, references and mixed content", () => {
    const xml =
      '<a xmlns="urn:a" xmlns:p="urn:p" p:x="&quot;&lt;&amp;&#x9;&#xA;&#xD;>" y=""><p:b></p:b>1 &gt; 0<c xmlns=""></c></a>';
    expect(read(xml)).toEqual({
      name: "a",
      namespace: "urn:a",
      attributes: [
        { name: "x", namespace: "urn:p", value: '"<&\t\n\r>' },
        { name: "y", namespace: "", value: "" },
      ],
      children: [
        { name: "b", namespace: "urn:p", attributes: [], children: [], text: "" },
        { name: "c", namespace: "", attributes: [], children: [], text: "" },
      ],
      text: "1 > 0",
    });
  });

  it("may have as many attributes as fit", () => {
    const names = Array.from({ length: 4_900 }, (_, i) => ` a${i}="${i}"`).join("");
    expect(read(`<a${names}></a>`).attributes).toHaveLength(4_900);
  });
});

describe("anything else is refused", () => {
  it.each([
    ["an empty-element tag", "<a/>"],
    ["single quotes", "<a x='1'></a>"],
    ["space in a start tag", "<a ></a>"],
    ["space in an end tag", "<a></a >"],
    ["space around an equals sign", '<a x ="1"></a>'],
    ["two spaces between attributes", '<a x="1"  y="2"></a>'],
    ["a comment", "<a><!-- --></a>"],
    ["a processing instruction", "<a><?p?></a>"],
    ["an XML declaration", '<?xml version="1.0"?><a></a>'],
    ["CDATA", "<a><![CDATA[x]]></a>"],
    ["a document type", "<!DOCTYPE a><a></a>"],
    ["a decimal character reference", "<a>&#65;</a>"],
    ["an apostrophe reference", "<a>&apos;</a>"],
    ["a bare ampersand", "<a>&</a>"],
    ["an undeclared prefix", "<p:a></p:a>"],
    ["an undeclared attribute prefix", '<a p:x=""></a>'],
    ["the wrong end tag", "<a></b>"],
    ["an end tag that begins like the right one", "<a></ab>"],
    ["no end tag", "<a>"],
    ["a second root", "<a></a><a></a>"],
    ["text around the root", "<a></a>x"],
    ["a line end behind the root", "<a></a>\n"],
    ["nothing", ""],
  ])("%s", (_, xml) => {
    expect(() => read(xml)).toThrow(expect.objectContaining({ message: "xml_malformed" }));
  });
});
