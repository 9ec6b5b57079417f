/** RFC 7644 §3.4.2.2, as a tree. Attribute paths are text as sent; whoever uses the tree resolves them. */
export type Filter = And | Or | Not | Present | Compare | Elements;

export interface And {
  readonly kind: "and";
  readonly filters: readonly Filter[];
}
export interface Or {
  readonly kind: "or";
  readonly filters: readonly Filter[];
}
export interface Not {
  readonly kind: "not";
  readonly filter: Filter;
}
export interface Present {
  readonly kind: "present";
  readonly path: string;
}
export interface Compare {
  readonly kind: "compare";
  readonly path: string;
  readonly operator: Operator;
  readonly value: Literal;
}
/** `emails[…]`: one and the same element of `path` satisfies `filter`. */
export interface Elements {
  readonly kind: "elements";
  readonly path: string;
  readonly filter: Filter;
}

export const OPERATORS = ["eq", "ne", "co", "sw", "ew", "gt", "ge", "lt", "le"] as const;
export type Operator = (typeof OPERATORS)[number];
export type Literal = string | number | boolean | null;
