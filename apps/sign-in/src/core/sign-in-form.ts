/** A form of the gateway that asks a person for something during a login. */
export interface SignInForm {
  readonly title: string;
  readonly fields: readonly SignInFormField[];
  readonly button: string;
  /** Why it is shown again. */
  readonly problem?: string;
}

export interface SignInFormField {
  readonly name: string;
  readonly label: string;
  readonly type: "text" | "password";
  /** HTML's `autocomplete`. */
  readonly autocomplete?: string;
}
