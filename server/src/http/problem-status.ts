import { CATALOGUE, type ErrorCode, type Remedy } from '../kernel/errors.ts'

/** What HTTP calls a failure, where neither the name of its code nor its remedy tells. RFC 9110 §15.5, §15.6. */
const STATUS: Partial<Record<ErrorCode, number>> = {
  'people.wrong_password': 401,
  'people.too_many_tries': 429,
  'people.sign_ins_busy': 429,
  'http.too_many_connections': 503,
  'http.too_many_requests': 429,
  'http.too_many_streams': 429,
  'tokens.sign_in_link_busy': 429,
  'people.link_ended': 410,
  'people.name_missing': 422,
  'people.password_refused': 422,
  'http.not_signed_in': 401,
  'kernel.stalled': 503,
  'database.older_than_code': 503,
  'database.newer_than_code': 503,
  'database.migrations_differ': 503,
  'http.not_permitted': 403,
  'http.scope_missing': 403,
  'http.wrong_origin': 403,
  'http.invalid_request': 400,
  'http.body_too_large': 413,
  'conversations.no_such_page': 400,
  'conversations.source_gone': 404,
  'conversations.other_account': 422,
  'conversations.nothing_left': 422,
  'conversations.merged_already': 409,
  'mail.header_refused': 422,
  'cloud_providers.cloud_unknown': 422,
  'cloud_providers.id_malformed': 422,
  'cloud_providers.field_invalid': 422,
  'cloud_providers.secret_is_an_id': 422,
  'cloud_providers.secret_malformed': 422,
  'cloud_providers.personal_accounts_unavailable': 422,
  'cloud_providers.work_order_over': 410,
  'tokens.sign_in_link_over': 410,
  'tokens.sign_in_link_unbound': 422,
  'alerts.settings_invalid': 422,
  'alerts.relay_is_watched': 422,
  'alerts.test_code_wrong': 422,
  'email_accounts.key_malformed': 422,
  'email_accounts.address_not_own': 422,
  'email_accounts.time_zone_unknown': 422,
  'email_accounts.no_such_folder': 422,
  'email_accounts.sent_folder_known': 422,
  'email_accounts.sent_folder_has_role': 422,
  'email_accounts.no_folder_chosen': 422,
  'submission.no_recipient': 422,
  'submission.recipient_malformed': 422,
  'submission.too_many_recipients': 422,
  'submission.line_break': 422,
  'submission.too_large': 413,
  // RFC 4918 §11.5.
  'disk_space.low': 507,
  'database.disk_full': 507,
}

/** `wait`: the same request can succeed later. `sign-in` and `admin`: something else must change first. */
const STATUS_OF_REMEDY: Readonly<Record<Remedy, number>> = { wait: 503, 'sign-in': 409, admin: 409, bug: 500 }

export function statusOf(code: ErrorCode): number {
  return STATUS[code] ?? (code.endsWith('not_found') ? 404 : STATUS_OF_REMEDY[CATALOGUE[code].remedy])
}
