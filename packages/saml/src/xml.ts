import {
  ParseOption,
  type XmlAttribute as WasmAttribute,
  XmlComment as WasmComment,
  XmlDocument as WasmDocument,
  XmlElement as WasmElement,
  XmlText as WasmText,
  XmlC14NMode,
  XmlError,
} from "libxml2-wasm";
import { refuse } from "./errors.ts";
import { NS } from "./names.ts";
import type { SamlLimits } from "./types.ts";

/** One attribute; `namespace` is "" for the unprefixed ones, which is what SAML uses. */
export interface XmlAttribute {
  readonly name: string;
  readonly namespace: string;
  readonly value: string;
}

/** A plain copy of one element: all that the validator reads. `text` is the element's own character data. */
export interface XmlElement {
  readonly name: string;
  readonly namespace: string;
  readonly attributes: readonly XmlAttribute[];
  readonly children: readonly XmlElement[];
  readonly text: string;
}

/** A parsed document while its WebAssembly memory is held. */
export interface OpenDocument {
  readonly root: XmlElement;
  /** Exclusive C14N without comments of `element` and all below it. */
  canonicalize(element: XmlElement, inclusivePrefixes?: readonly string[]): Buffer;
  /** Takes `element` out of the tree: what the enveloped-signature transform asks for. */
  remove(element: XmlElement): void;
}

// Entities are neither loaded nor substituted: a document that has any is refused before it gets here.
const PARSE_OPTIONS = {
  option: ParseOption.XML_PARSE_NONET | ParseOption.XML_PARSE_NO_XXE,
  encoding: "utf-8",
} as const;

/** What a parse allows beyond a SAML message: metadata is written by hand, too, and then has comments. */
export interface XmlRules {
  readonly limits: SamlLimits;
  /** Skip comments instead of refusing them. Default false. */
  readonly skipComments?: boolean;
}

/**
 * Parses `xml`, lends the document to `use`, and frees it whatever happens: WebAssembly memory is not
 * garbage collected in time, and a server that leaks it dies. Refuses all that `scanMarkup` and
 * `readElement` name.
 */
export function withDocument<T>(xml: Buffer, rules: XmlRules, use: (document: OpenDocument) => T): T {
  scanMarkup(xml, rules);
  const document = parse(xml);
  try {
    if (document.dtd !== null) refuse("xml_doctype");
    const nodes = new Map<XmlElement, WasmElement>();
    const reader: Reader = { rules, nodes, ids: new Set(), count: 0 };
    const root = readElement(document.root, 1, reader);
    return use({
      root,
      canonicalize: (element, prefixes = []) =>
        canonicalize(document, element === root ? undefined : held(nodes, element), prefixes),
      remove: (element) => held(nodes, element).remove(),
    });
  } finally {
    document.dispose();
  }
}

/** Parses `xml` and keeps only the plain copy. */
export function parseXml(xml: Buffer, rules: XmlRules): XmlElement {
  return withDocument(xml, rules, (document) => document.root);
}

function held(nodes: Map<XmlElement, WasmElement>, element: XmlElement): WasmElement {
  const node = nodes.get(element);
  if (node === undefined) throw new TypeError("element belongs to another document");
  return node;
}

const XML_DECLARATION =
  /^<\?xml\s+version=(?:"1\.0"|'1\.0')(?:\s+encoding=(?:"utf-8"|'utf-8'))?(?:\s+standalone=(?:"(?:yes|no)"|'(?:yes|no)'))?\s*\?>/i;

/**
 * In well-formed XML `<!` begins nothing but a DOCTYPE, a comment or CDATA, and `<?` nothing but a
 * processing instruction or the XML declaration, because `<` is illegal in text and in attribute values.
 * Looking for these bytes therefore keeps XXE, entity bombs and comment truncation (CVE-2017-11427) away
 * from the parser altogether; `readElement` checks once more what the parser made of the rest.
 */
function scanMarkup(xml: Buffer, { limits, skipComments }: XmlRules): void {
  if (xml.length > limits.maxBytes) refuse("xml_too_large", `${xml.length} bytes, limit ${limits.maxBytes}`);
  const head = xml.toString("latin1", 0, 200);
  const start = XML_DECLARATION.exec(head)?.[0].length ?? 0;
  if (start === 0 && head.startsWith("<?xml")) refuse("xml_encoding", "XML declaration");
  for (let at = xml.indexOf("<", start); at !== -1; at = xml.indexOf("<", at + 1)) {
    const kind = xml[at + 1];
    if (kind === QUESTION_MARK) refuse("xml_processing_instruction");
    if (kind !== EXCLAMATION_MARK) continue;
    const markup = xml.toString("latin1", at, at + 9);
    if (markup === "<![CDATA[") refuse("xml_cdata");
    if (!markup.startsWith("<!--")) refuse("xml_doctype");
    if (!skipComments) refuse("xml_comment");
    at = xml.indexOf("-->", at + 4);
    if (at === -1) refuse("xml_malformed", "unclosed comment");
  }
}

const QUESTION_MARK = 0x3f;
const EXCLAMATION_MARK = 0x21;

function parse(xml: Buffer): WasmDocument {
  try {
    return WasmDocument.fromBuffer(xml, PARSE_OPTIONS);
  } catch (error) {
    if (!(error instanceof XmlError)) throw error;
    // libxml2 itself stops at 256 levels, before `readElement` can count.
    if (error.message.includes("Excessive depth")) refuse("xml_too_deep");
    return refuse("xml_malformed", error.message.trim().split("\n")[0]);
  }
}

interface Reader {
  readonly rules: XmlRules;
  readonly nodes: Map<XmlElement, WasmElement>;
  readonly ids: Set<string>;
  count: number;
}

/** Copies one element and what it holds; refuses what a SAML message has no business to contain. */
function readElement(node: WasmElement, depth: number, reader: Reader): XmlElement {
  if (depth > reader.rules.limits.maxDepth)
    refuse("xml_too_deep", `limit ${reader.rules.limits.maxDepth} levels`);
  countNodes(reader, 1);
  readNamespaces(node, reader);
  const attributes = node.attrs.map((attribute) => readAttribute(attribute, reader));
  const children: XmlElement[] = [];
  let text = "";
  for (let child = node.firstChild; child !== null; child = child.next) {
    if (child instanceof WasmElement) children.push(readElement(child, depth + 1, reader));
    else if (child instanceof WasmText) text += child.content;
    else if (!(child instanceof WasmComment && reader.rules.skipComments))
      refuse("xml_malformed", `not an element or text, inside ${node.name}`);
  }
  const element = { name: node.name, namespace: node.namespaceUri, attributes, children, text };
  reader.nodes.set(element, node);
  return element;
}

function readAttribute(attribute: WasmAttribute, reader: Reader): XmlAttribute {
  countNodes(reader, 1);
  const { name, namespaceUri: namespace, value } = attribute;
  // Any spelling: which of ID, Id, id and xml:id is an ID depends on the library (CVE-2025-25291 family).
  if (name.toLowerCase() === "id" && (namespace === "" || namespace === NS.xml)) {
    if (reader.ids.has(value)) refuse("xml_duplicate_id", value);
    reader.ids.add(value);
  }
  return { name, namespace, value };
}

/** A relative namespace makes C14N fail, and a digest of nothing then matches (CVE-2025-66475, -66568). */
function readNamespaces(node: WasmElement, reader: Reader): void {
  for (const uri of Object.values(node.nsDeclarations)) {
    countNodes(reader, 1);
    if (uri !== "" && !/^[A-Za-z][A-Za-z0-9+.-]*:/.test(uri)) refuse("xml_relative_namespace", uri);
  }
}

function countNodes(reader: Reader, added: number): void {
  reader.count += added;
  if (reader.count > reader.rules.limits.maxNodes)
    refuse("xml_too_many_nodes", `limit ${reader.rules.limits.maxNodes}`);
}

function canonicalize(
  document: WasmDocument,
  subtree: WasmElement | undefined,
  prefixes: readonly string[],
): Buffer {
  const chunks: Buffer[] = [];
  const sink = {
    write(chunk: Uint8Array): number {
      chunks.push(Buffer.from(chunk)); // a copy: the chunk lives in WebAssembly memory
      return chunk.byteLength;
    },
    close: () => true,
  };
  try {
    document.canonicalize(sink, {
      mode: XmlC14NMode.XML_C14N_EXCLUSIVE_1_0,
      ...(subtree === undefined ? {} : { nodeSet: new Set([subtree]) }),
      ...(prefixes.length === 0 ? {} : { inclusiveNamespacePrefixes: [...prefixes] }),
    });
  } catch (error) {
    if (!(error instanceof XmlError)) throw error;
    refuse("xml_canonicalization_failed", error.message);
  }
  const bytes = Buffer.concat(chunks);
  if (bytes.length === 0) refuse("xml_canonicalization_failed", "no bytes");
  return bytes;
}
