import {
  ParseOption,
  XmlDocument as WasmDocument,
  XmlElement as WasmElement,
  XmlC14NMode,
  XmlError,
  XmlParseError,
  XmlXPath,
} from "libxml2-wasm";
import { memoize } from "../bounded-cache.ts";
import { refuse } from "../errors/refusal.ts";
import type { SamlLimits } from "../types.ts";
import { absolute, readCanonical, type XmlElement } from "./canonical-reader.ts";
import { escapeXml } from "./write.ts";

/** A parsed document while its WebAssembly memory is held. */
export interface OpenDocument {
  readonly root: XmlElement;
  /** Only where the rules allow comments; they were skipped. */
  readonly hasComments: boolean;
  /** The namespaces that are in scope at `element`, by prefix; that of unprefixed names by "". */
  namespacesAt(element: XmlElement): ReadonlyMap<string, string>;
  /** Exclusive C14N without comments of `element` and all below it. */
  canonicalize(element: XmlElement, inclusivePrefixes: readonly string[]): Buffer;
  /** The same after the enveloped-signature transform, which takes `signature` out of the tree for good. */
  canonicalizeWithout(
    signature: XmlElement,
    element: XmlElement,
    inclusivePrefixes: readonly string[],
  ): Buffer;
}

/** What a parse allows beyond a SAML message: metadata is written by hand, too, and then has comments. */
export interface XmlRules {
  readonly limits: SamlLimits;
  /** Skip comments instead of refusing them. Default false. */
  readonly skipComments?: boolean;
  /** Let elements share an ID: for documents in which nothing is found by its ID. Default false. */
  readonly allowDuplicateIds?: boolean;
}

/**
 * Parses `xml` with libxml2, reads its canonical form, lends both to `use`, and frees the document whatever
 * happens: WebAssembly memory is not garbage collected in time, and a server that leaks it dies.
 */
export function withDocument<T>(xml: Buffer, rules: XmlRules, use: (document: OpenDocument) => T): T {
  const { hasComments } = scanMarkup(xml, rules);
  const document = parse(xml);
  try {
    if (document.dtd !== null) {
      refuse("xml_doctype");
    }
    const root = readCanonical(
      canonicalize(document, undefined, [], rules.skipComments !== true),
      rules.limits,
      rules.allowDuplicateIds,
    );
    const nodes = new NodeFinder(document, root);
    return use({
      root,
      hasComments,
      namespacesAt: (element) => nodes.namespacesAt(element),
      canonicalize: (element, prefixes) => canonicalize(document, nodes.subtree(element), prefixes),
      canonicalizeWithout: (signature, element, prefixes) => {
        nodes.remove(signature);
        return canonicalize(document, nodes.subtree(element), prefixes);
      },
    });
  } finally {
    document.dispose();
  }
}

/**
 * Like `withDocument`, for an element that was cut out of a document in which `namespaces` were declared: as XML-Enc has
 * it (§4.4), where a decrypted element stands in the place of its cipher text. Lends the element besides the document,
 * whose root is ours.
 */
export function withFragment<T>(
  xml: Buffer,
  namespaces: ReadonlyMap<string, string>,
  rules: XmlRules,
  use: (document: OpenDocument, element: XmlElement) => T,
): T {
  const declarations = [...namespaces].map(
    ([prefix, uri]) => ` xmlns${prefix === "" ? "" : `:${prefix}`}="${escapeXml(uri)}"`,
  );
  const content = xml.toString("utf8").replace(XML_DECLARATION, "");
  const wrapped = Buffer.from(`<context${declarations.join("")}>${content}</context>`, "utf8");
  return withDocument(wrapped, rules, (document) => {
    const [element, other] = document.root.children;
    if (element === undefined || other !== undefined || document.root.text.trim() !== "") {
      return refuse("xml_malformed", "not one element");
    }
    return use(document, element);
  });
}

/** Parses `xml` and keeps only what was read. */
export function parseXml(xml: Buffer, rules: XmlRules): XmlElement {
  return withDocument(xml, rules, (document) => document.root);
}

const XML_DECLARATION =
  /^<\?xml\s+version=(?:"1\.0"|'1\.0')(?:\s+encoding=(?:"utf-8"|'utf-8'))?(?:\s+standalone=(?:"(?:yes|no)"|'(?:yes|no)'))?\s*\?>/i;

/** `<` and all that can begin with it, or the equals sign of an attribute. */
const MARKUP = /<(?:[?/]|!(?:--|\[CDATA\[)?)?|=\s*["']/g;

/**
 * What can be told before parsing. In well-formed XML `<!` begins nothing but a DOCTYPE, a comment or CDATA,
 * and `<?` nothing but a processing instruction or the XML declaration, because `<` is illegal in text and
 * attribute values. Looking for them therefore keeps XXE, entity bombs and comment truncation
 * (CVE-2017-11427) away from the parser altogether. Counting bounds the parser's work and C14N's.
 */
function scanMarkup(bytes: Buffer, { limits, skipComments }: XmlRules): { readonly hasComments: boolean } {
  if (bytes.length > limits.maxBytes) {
    refuse("xml_too_large", `${bytes.length} bytes, limit ${limits.maxBytes}`);
  }
  const xml = bytes.toString("latin1"); // all that is looked for is ASCII
  const start = XML_DECLARATION.exec(xml)?.[0].length ?? 0;
  if (start === 0 && xml.startsWith("<?xml")) {
    refuse("xml_encoding", "XML declaration");
  }
  MARKUP.lastIndex = start;
  let nodes = 0;
  let hasComments = false;
  for (let found = MARKUP.exec(xml); found !== null; found = MARKUP.exec(xml)) {
    const [markup] = found;
    if (markup === "</") {
      continue;
    }
    if (markup === "<?") {
      refuse("xml_processing_instruction");
    }
    if (markup === "<![CDATA[") {
      refuse("xml_cdata");
    }
    if (markup === "<!") {
      refuse("xml_doctype");
    }
    if (markup !== "<!--") {
      nodes += 1;
      if (nodes > limits.maxNodes) {
        refuse("xml_too_many_nodes", `limit ${limits.maxNodes}`);
      }
      continue;
    }
    if (!skipComments) {
      refuse("xml_comment");
    }
    const end = xml.indexOf("-->", MARKUP.lastIndex);
    if (end === -1) {
      refuse("xml_malformed", "unclosed comment");
    }
    hasComments = true;
    MARKUP.lastIndex = end;
  }
  return { hasComments };
}

// Entities are neither loaded nor substituted: a document that has any does not get here.
const PARSE_OPTIONS = {
  option: ParseOption.XML_PARSE_NONET | ParseOption.XML_PARSE_NO_XXE,
  encoding: "utf-8",
} as const;

function parse(xml: Buffer): WasmDocument {
  try {
    return WasmDocument.fromBuffer(xml, PARSE_OPTIONS);
  } catch (error) {
    if (!(error instanceof XmlError)) {
      throw error;
    }
    // libxml2 itself stops at 256 levels, before our own limit is looked at.
    if (error.message.includes("Excessive depth")) {
      refuse("xml_too_deep");
    }
    return refuse("xml_malformed", placeOf(error));
  }
}

/** What is wrong and where, by the first of libxml2's findings. */
function placeOf(error: XmlError): string {
  const [message = ""] = error.message.trim().split("\n");
  const [first] = error instanceof XmlParseError ? error.details : [];
  return first === undefined ? message : `line ${first.line}, column ${first.col}: ${first.message.trim()}`;
}

// Responses of all IdPs have their signatures in a handful of places. What is compiled lives in WebAssembly memory.
const compiled = memoize(
  64,
  (path) => XmlXPath.compile(path),
  (xpath) => xpath.dispose(),
);

/** Finds libxml2's nodes for elements that were read, by their position: there is nothing else to go by. */
class NodeFinder {
  readonly #document: WasmDocument;
  readonly #root: XmlElement;
  readonly #removed = new Set<XmlElement>();

  constructor(document: WasmDocument, root: XmlElement) {
    this.#document = document;
    this.#root = root;
  }

  /** undefined for the root: the whole document, which C14N writes fastest. */
  subtree(element: XmlElement): WasmElement | undefined {
    return element === this.#root ? undefined : this.#find(element);
  }

  remove(element: XmlElement): void {
    this.#find(element).remove();
    this.#removed.add(element);
  }

  namespacesAt(element: XmlElement): ReadonlyMap<string, string> {
    const found = new Map<string, string>();
    for (let node: WasmElement | null = this.#find(element); node !== null; node = node.parent) {
      for (const [prefix, uri] of Object.entries(node.nsDeclarations)) {
        if (!found.has(prefix)) {
          found.set(prefix, uri);
        }
      }
    }
    return found;
  }

  #find(element: XmlElement): WasmElement {
    const path = this.#pathTo(element, this.#root);
    const node = path === undefined ? null : this.#document.root.get(compiled(path));
    if (node instanceof WasmElement) {
      return node;
    }
    throw new TypeError("the element is not in this document");
  }

  /** An XPath of positions, such as *[3]/*[2]: values from the message never get into it. */
  #pathTo(element: XmlElement, from: XmlElement): string | undefined {
    let position = 0;
    for (const child of from.children) {
      if (this.#removed.has(child)) {
        continue;
      }
      position += 1;
      if (child === element) {
        return `*[${position}]`;
      }
      const rest = this.#pathTo(element, child);
      if (rest !== undefined) {
        return `*[${position}]/${rest}`;
      }
    }
    return undefined;
  }
}

function canonicalize(
  document: WasmDocument,
  subtree: WasmElement | undefined,
  prefixes: readonly string[],
  withComments = false,
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
      withComments,
      ...(subtree === undefined ? {} : { nodeSet: new Set([subtree]) }),
      ...(prefixes.length === 0 ? {} : { inclusiveNamespacePrefixes: [...prefixes] }),
    });
  } catch (error) {
    if (!(error instanceof XmlError)) {
      throw error;
    }
    refuseRelativeNamespaces(document.root);
    refuse("xml_canonicalization_failed", error.message);
  }
  const bytes = Buffer.concat(chunks);
  if (bytes.length === 0) {
    refuse("xml_canonicalization_failed", "no bytes");
  }
  return bytes;
}

/** Names the one known reason for which C14N fails. */
function refuseRelativeNamespaces(element: WasmElement): void {
  for (const uri of Object.values(element.nsDeclarations)) {
    absolute(uri);
  }
  for (let child = element.firstChild; child !== null; child = child.next) {
    if (child instanceof WasmElement) {
      refuseRelativeNamespaces(child);
    }
  }
}
