import { defined } from "@sallyport/defined";
import { Problem } from "@sallyport/http";

/** Every error of the management API, by stable code. Malformed input in general is `input_invalid` (400). */
export const ADMIN_ERRORS = {
  authentication_required: {
    status: 401,
    detail: "Send a management API key: `Authorization: Bearer <key>`.",
  },
  key_invalid: { status: 401, detail: "The API key is unknown, expired or revoked. Use another key." },
  authentication_failures_too_many: {
    status: 429,
    detail:
      "Too many requests of this address carry a key that is none. Use another key, and wait for `Retry-After`.",
  },
  key_scope_insufficient: {
    status: 403,
    detail: "This key belongs to one organization; this operation takes a key without an organization.",
  },
  permission_missing: {
    status: 403,
    detail: "This needs a permission that the caller does not have. Use a key that has it.",
  },
  console_request_refused: {
    status: 403,
    detail:
      "The console's cookie is taken from the console's own pages only: same origin, with `X-Sallyport-Console: 1`. Send a key instead.",
  },
  operator_required: {
    status: 403,
    detail:
      "Whoever changes the operators' organization decides who is an operator: only an operator may, or an unlimited key without an organization.",
  },
  operators_organization_required: {
    status: 409,
    detail: "The operators' organization stays: without it nobody could be an operator.",
  },
  console_role_unavailable: {
    status: 400,
    detail:
      "Members of the operators' organization can be `operator` and nothing else, and nobody else can be that.",
  },
  permission_out_of_reach: {
    status: 400,
    detail: "A key of one organization cannot have this permission: it needs a key without an organization.",
  },

  retention_out_of_bounds: {
    status: 400,
    detail:
      "The period is beyond what the operator allows (`bounds` of `GET …/retention`). Choose one within, or ask an operator.",
  },

  organization_not_found: { status: 404, detail: "There is no such organization." },
  domain_not_found: { status: 404, detail: "The organization has no such domain." },
  connection_not_found: { status: 404, detail: "The organization has no such connection." },
  connection_key_not_found: { status: 404, detail: "The connection has no such live key pair." },
  directory_not_found: { status: 404, detail: "The organization has no such directory." },
  token_not_found: { status: 404, detail: "The directory has no such live token." },
  client_not_found: { status: 404, detail: "The directory has no such live OAuth client." },
  directory_user_not_found: { status: 404, detail: "The directory has no such user (any more)." },
  scim_request_not_found: { status: 404, detail: "The directory has no such request (any more)." },
  role_not_found: { status: 404, detail: "The organization has no such role." },
  member_not_found: { status: 404, detail: "The organization has no such member." },
  session_not_found: { status: 404, detail: "The organization has no such session." },
  record_not_found: { status: 404, detail: "The organization has no such login record." },
  application_not_found: { status: 404, detail: "There is no such application." },
  reserved_slug_not_found: { status: 404, detail: "There is no such reserved slug." },
  kid_not_found: { status: 404, detail: "There is no signing key of this `kid`." },
  key_not_found: { status: 404, detail: "There is no such API key." },
  audit_verification_not_found: { status: 404, detail: "There is no such verification of this trail." },
  gateway_verification_not_found: {
    status: 404,
    detail: "There is no such verification of the gateway's trail.",
  },
  audit_event_not_found: {
    status: 404,
    detail: "The trail has no such event, or not yet: it is numbered within a second.",
  },
  audit_event_unsealed: {
    status: 409,
    detail: "The event is not sealed yet, so that nothing can be proven of it. Try again in ten seconds.",
  },
  audit_event_changed: {
    status: 409,
    detail: "The event is not as it was sealed. Verify the trail (`POST …/audit-trail/verifications`).",
  },
  test_login_not_found: { status: 404, detail: "The connection has no such test (any more)." },
  connection_draft_not_found: { status: 404, detail: "The connection has no draft." },
  connection_draft_untested: {
    status: 409,
    detail:
      "No test of this draft has succeeded. Make one (`POST …/draft/test-logins`) and sign in at the address that it answers.",
  },
  replaced_settings_not_found: {
    status: 404,
    detail:
      "There are no settings to go back to: no draft was activated, or the settings were changed since.",
  },
  connection_active: {
    status: 409,
    detail:
      "People sign in by this connection. Change it by a draft (`PUT …/draft`), which is tested before it takes its place.",
  },
  connection_exists: {
    status: 409,
    detail: "This setup link has made its connection already. Change that one.",
  },
  setup_link_not_found: { status: 404, detail: "The organization has no such live setup link." },
  setup_link_required: {
    status: 403,
    detail: "This is for the page of a setup link: send the link's token in place of a key.",
  },
  conflict_not_found: { status: 404, detail: "The organization has no such conflict." },
  conflict_resolved: { status: 409, detail: "The conflict was settled already. Read it." },
  held_change_not_found: { status: 404, detail: "The organization has no such held change." },
  directory_not_in_review: {
    status: 409,
    detail: "The directory is not in review: people go by it already.",
  },
  plan_under_way: {
    status: 409,
    detail: "Somebody else's plan of the organization is being worked out. Ask again in a moment.",
  },
  held_change_decided: { status: 409, detail: "The held change was decided already. Read it." },
  locked_out_changed: {
    status: 409,
    detail:
      "The number of members who would be locked out is not the one that you expect. Read the plan (`GET …/sign-in-policy/plan`) and try again.",
  },
  audit_stream_not_found: { status: 404, detail: "The organization has no such audit stream." },
  gateway_audit_stream_not_found: {
    status: 404,
    detail: "There is no such audit stream of all organizations' events.",
  },
  audit_streams_too_many: {
    status: 409,
    detail: "There are as many audit streams here as there may be. Delete one of them first.",
  },
  audit_stream_type_fixed: {
    status: 409,
    detail: "An audit stream keeps its type of destination. Make another one, and delete this one.",
  },
  audit_stream_of_environment: {
    status: 409,
    detail:
      "The environment of the gateway makes this stream, by `CLICKHOUSE_URL`. Change it there; once it is taken out there, the stream can be deleted here.",
  },
  audit_stream_secret_needed: {
    status: 400,
    detail: "Give `secret`, too: another receiver is not sent the secret of the one before.",
  },
  signal_stream_not_found: { status: 404, detail: "The application has no such stream of security events." },
  signal_stream_disabled: {
    status: 409,
    detail: "The stream is disabled, and delivers nothing. Enable it first (`POST …/status`).",
  },
  signal_verification_too_soon: {
    status: 429,
    detail: "A verification of this stream was asked for less than ten seconds ago. Try again in a moment.",
  },
  webhook_endpoint_not_found: { status: 404, detail: "There is no such webhook endpoint." },
  delivery_not_found: { status: 404, detail: "The webhook endpoint has no such delivery (any more)." },
  webhook_endpoint_disabled: {
    status: 409,
    detail:
      "The webhook endpoint is disabled, and is sent nothing. Enable it first (`PATCH`, `enabled: true`).",
  },
  webhook_endpoints_too_many: {
    status: 409,
    detail: "There are as many webhook endpoints here as there may be. Delete one of them first.",
  },
  method_not_allowed: { status: 405, detail: "This path does not take this method. See the Allow header." },
  content_type_unsupported: {
    status: 415,
    detail: "The body must be JSON: send `Content-Type: application/json`.",
  },

  slug_reserved: {
    status: 409,
    detail:
      "The slug was another organization's, whose name it stays. Choose another, or free it first: `DELETE /reserved-slugs/{reservedSlugId}`.",
  },
  slug_taken: { status: 409, detail: "Another organization has this slug. Choose another." },
  domain_taken: {
    status: 409,
    detail: "The domain is already verified, and counts for one organization only. Remove it there first.",
  },
  idp_inspections_too_many: {
    status: 429,
    detail: "Too many identity providers were asked for this organization just now. Try again in a moment.",
  },
  logo_not_found: { status: 404, detail: "The organization has no logo." },
  image_unusable: {
    status: 400,
    detail: "The picture is not taken. Send a PNG or JPEG of at most 512 kB and 4 million pixels.",
  },
  domains_too_many: {
    status: 409,
    detail: "Too many domains wait for their record. Verify or remove some of them first.",
  },
  domain_record_missing: {
    status: 409,
    detail:
      "The domain's DNS does not show the record (yet). Make it as `record` says; it may take a while to be seen.",
  },
  domain_unavailable: { status: 503, detail: "The domain's DNS could not be asked. Try again." },
  domain_exists: { status: 409, detail: "The organization already has this domain." },
  role_key_taken: { status: 409, detail: "The organization already has a role of this key." },
  role_protected: { status: 409, detail: "Every member has the role `member`: it cannot be deleted." },
  directory_unknown: { status: 400, detail: "The organization has no directory of this id." },
  role_is_default: {
    status: 409,
    detail: "It is the organization's default role. Set another one first (`PATCH …/access-policy`).",
  },
  seat_limit_reached: {
    status: 409,
    detail:
      "All seats of the organization are used, or waited for. Suspend or remove somebody, or raise the limit (`PATCH …/access-policy`).",
  },
  role_unknown: { status: 400, detail: "The organization has no role of this key. Create it first." },
  tokens_too_many: {
    status: 409,
    detail: "The directory already has two live tokens. Revoke one of them first.",
  },
  clients_too_many: {
    status: 409,
    detail: "The directory already has two live OAuth clients. Revoke one of them first.",
  },
  member_exists: { status: 409, detail: "The organization already has a member with this email." },
  membership_managed_by_directory: {
    status: 409,
    detail:
      "A directory manages this membership. Change it at the identity provider, or send `takeOver: true` to manage it by hand from now on.",
  },
  connection_type_mismatch: {
    status: 400,
    detail: "The settings are those of another protocol than the connection's.",
  },
  client_secret_required: {
    status: 400,
    detail:
      "The connection has no client secret for this issuer: what was given for another goes to no other. Send the issuer's `clientSecret` with it.",
  },
  connection_keys_too_many: {
    status: 409,
    detail: "The connection already has two live key pairs. Retire the one that does not sign first.",
  },
  connection_key_unread: {
    status: 409,
    detail:
      "Nobody has read the connection's metadata since it lists this key pair, so the identity provider would refuse what it signs. Have the identity provider read the metadata again, or give it the certificate and send `force: true`.",
  },
  connection_key_signing: {
    status: 409,
    detail: "This key pair signs. Activate the other one first; create it if there is none.",
  },
  cursor_invalid: {
    status: 400,
    detail: "`cursor` is none of this feed: pass on `nextCursor` as it was given.",
  },
  cursor_expired: {
    status: 410,
    detail:
      "Some events since this cursor are not served any more. Begin again without one, and read what you missed in the audit trail (`audit-events`).",
  },
  streams_too_many: {
    status: 429,
    detail:
      "Too many live views, exports or waiting requests of this organization are open. Close one of them.",
  },
  streams_exhausted: {
    status: 503,
    detail:
      "Too many live views, exports or waiting requests are open at this gateway. Try again later, or ask without waiting.",
  },
  queue_unknown: { status: 400, detail: "There is no such queue." },
  period_invalid: {
    status: 400,
    detail: "`from` must be before `to`, and at most 31 days before it.",
  },
  application_unknown: { status: 400, detail: "There is no such application. Create it first." },
  initiate_login_missing: {
    status: 409,
    detail:
      "The application does not say where people are sent who come to it. Set its initiateLoginUri first.",
  },
  application_public: { status: 409, detail: "A public application has no client secret." },
  changed_meanwhile: {
    status: 409,
    detail: "Somebody else changed it at the same time. Read it and try again.",
  },
  metadata_unavailable: { status: 400, detail: "The metadata could not be fetched." },
  metadata_invalid: { status: 400, detail: "The metadata cannot be used." },
  metadata_not_followed: {
    status: 409,
    detail: "The connection follows no metadata. Give it a metadataUrl first.",
  },
  metadata_not_held_back: {
    status: 409,
    detail: "No such change is held back (any more). Read the connection, and decide on what it shows.",
  },
  signals_not_set: {
    status: 409,
    detail: "The connection takes nobody's security events. Name the transmitter in its signals first.",
  },
  signal_stream_missing: {
    status: 409,
    detail: "The gateway made no stream at the connection's transmitter. Make one first.",
  },
  transmitter_unavailable: { status: 400, detail: "The transmitter could not be asked." },
  transmitter_unauthorized: { status: 400, detail: "The transmitter does not take the credential." },
  transmitter_refused: { status: 400, detail: "The transmitter does not do that." },
  transmitter_invalid: { status: 400, detail: "What the transmitter answered cannot be used." },
  certificate_invalid: { status: 400, detail: "The certificate cannot be used." },
} as const satisfies Record<string, { status: number; detail: string }>;

export type AdminErrorCode = keyof typeof ADMIN_ERRORS;

/**
 * A refusal of the table. `field` is the path of the input that it is about; `reason` says more than the table can
 * ("idp.acme.com did not answer within 5000 ms.").
 */
export function problem(
  code: AdminErrorCode,
  about: { readonly field?: string; readonly reason?: string; readonly cause?: unknown } = {},
): Problem {
  const { status, detail } = ADMIN_ERRORS[code];
  const text = about.reason === undefined ? detail : `${detail} ${about.reason}`;
  return new Problem(status, code, about.field === undefined ? text : `${about.field}: ${text}`, {
    ...(about.field === undefined ? {} : { errors: [{ field: about.field, message: text }] }),
    ...defined({ cause: about.cause }),
  });
}
