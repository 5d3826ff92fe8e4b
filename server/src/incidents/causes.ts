import { CATALOGUE, type ErrorCode, type Remedy } from '../kernel/errors.ts'
import type { Cause } from './incident.ts'

/** `egress`: whether it is our own side or Microsoft is seen only by looking at all mailboxes. */
export type CauseInTable = Cause | 'egress' | 'throttling'

/**
 * The one table from what failed to what caused it, for every code that can stand as the reason of a provider, a grant
 * or an account. A code that is not here can stand nowhere; a test holds the list to the catalogue.
 */
export const CAUSE_OF = {
  'cloud_providers.cloud_unknown': 'provider',
  'cloud_providers.credential_missing': 'provider',
  'cloud_providers.tenant_unknown': 'provider',
  'cloud_providers.client_unknown': 'provider',
  'cloud_providers.client_disabled': 'provider',
  'cloud_providers.client_rejected': 'provider',
  'cloud_providers.secret_wrong': 'provider',
  'cloud_providers.secret_expired': 'provider',
  'cloud_providers.not_in_tenant': 'provider',
  'cloud_providers.redirect_uri_unregistered': 'provider',
  'cloud_providers.redirect_uri_untold': 'provider',
  'cloud_providers.tenant_mismatch': 'provider',
  'cloud_providers.credential_unreadable': 'provider',
  'cloud_providers.certificate_unknown': 'provider',
  'cloud_providers.clock_refused': 'provider',
  'cloud_providers.reads_other_mailboxes': 'provider',
  'cloud_providers.not_found': 'provider',
  'tokens.request_refused': 'provider',
  'kernel.key_missing': 'provider',
  'kernel.key_wrong': 'provider',

  'tokens.blocked_by_policy': 'tenant-policy',
  'tokens.consent_required': 'tenant-policy',
  'tokens.resource_unavailable': 'tenant-policy',
  'tokens.policy_ended_sign_in': 'tenant-policy',
  'tokens.service_missing': 'tenant-policy',

  'tokens.grant_ended': 'person',
  'tokens.grant_not_found': 'person',
  'tokens.grant_changed': 'person',
  'tokens.scope_not_granted': 'person',
  'transports.sign_in_challenged': 'person',
  'transports.access_token_refused': 'person',
  'tokens.password_changed': 'person',
  'tokens.password_expired': 'person',
  'tokens.unused_too_long': 'person',
  'tokens.lifetime_over': 'person',
  'tokens.single_page_day_over': 'person',
  'tokens.sign_in_frequency': 'person',
  'tokens.mfa_required': 'person',
  'tokens.account_disabled': 'person',
  'tokens.account_deleted': 'person',
  'tokens.account_locked': 'person',
  'tokens.device_required': 'person',
  'tokens.not_assigned': 'person',
  'tokens.new_proof_needed': 'person',
  'tokens.grant_lost_in_flight': 'person',
  'tokens.grant_from_backup': 'person',
  'tokens.grant_unreadable': 'person',
  'email_accounts.runs_on_stand_by': 'person',

  'email_accounts.silent': 'mailbox',
  'email_accounts.password_needed': 'mailbox',
  'email_accounts.mail_held_back': 'mailbox',
  'email_accounts.folder_gone': 'mailbox',
  'transports.access_denied': 'mailbox',
  'transports.application_denied': 'mailbox',
  'transports.send_as_denied': 'mailbox',
  'transports.mailbox_not_found': 'mailbox',
  'transports.mailbox_not_enabled': 'mailbox',
  'transports.mailbox_full': 'mailbox',
  'transports.send_limit_reached': 'mailbox',
  'transports.item_gone': 'mailbox',
  'transports.changed_meanwhile': 'mailbox',
  'transports.cursor_forgotten': 'mailbox',
  'transports.answer_too_large': 'mailbox',
  'transports.request_refused': 'mailbox',
  'transports.foreign_link': 'mailbox',
  'transports.imap_off': 'mailbox',
  'transports.imap_no_access': 'mailbox',
  'transports.imap_role_missing': 'mailbox',
  'transports.imap_application_unknown': 'mailbox',
  'transports.imap_token_refused': 'mailbox',
  'transports.imap_login_refused': 'mailbox',
  'transports.imap_password_refused_here': 'mailbox',
  'transports.imap_no_idle': 'mailbox',
  'transports.imap_no_mechanism': 'mailbox',
  'transports.imap_tls_refused': 'mailbox',
  'transports.imap_tls_missing': 'mailbox',
  'transports.imap_not_understood': 'mailbox',
  'transports.imap_refused': 'mailbox',
  'transports.imap_too_many_connections': 'mailbox',
  'transports.smtp_unreachable': 'mailbox',
  'transports.smtp_timed_out': 'mailbox',
  'transports.smtp_tls_refused': 'mailbox',
  'transports.smtp_not_understood': 'mailbox',
  'transports.smtp_unavailable': 'mailbox',
  'transports.smtp_cut': 'mailbox',
  'transports.smtp_token_refused': 'mailbox',
  'transports.smtp_off': 'mailbox',
  'transports.smtp_sign_in_blocked': 'mailbox',
  'transports.smtp_password_refused': 'mailbox',
  'transports.smtp_no_passwords': 'mailbox',
  'transports.smtp_sender_blocked': 'mailbox',
  'transports.smtp_too_many_connections': 'mailbox',
  'transports.smtp_pace': 'mailbox',
  'transports.not_a_draft': 'mailbox',
  'submission.waits_too_long': 'mailbox',
  'egress.answer_too_large': 'mailbox',
  'kernel.unexpected': 'mailbox',

  'egress.unreachable': 'egress',
  'egress.name_not_found': 'egress',
  'egress.name_server_failed': 'egress',
  'egress.timed_out': 'egress',
  'transports.imap_unreachable': 'egress',
  'transports.imap_timed_out': 'egress',
  'egress.address_refused': 'network',
  'database.unavailable': 'network',
  'database.refused': 'network',
  'database.disk_full': 'network',
  'database.deadlock': 'network',
  'database.too_slow': 'network',
  'database.lock_busy': 'network',
  'database.lock_lost': 'network',

  'disk_space.low': 'installation',

  'tokens.endpoint_unavailable': 'microsoft',
  'transports.unavailable': 'microsoft',
  'transports.imap_unavailable': 'microsoft',
  'transports.imap_session_ended': 'microsoft',
  'transports.throttled': 'throttling',
} as const satisfies Partial<Record<ErrorCode, CauseInTable>>

/** A code that a newer version stored is told by the room that it is of. */
export function causeOf(code: string): CauseInTable {
  if (Object.hasOwn(CAUSE_OF, code)) return CAUSE_OF[code as keyof typeof CAUSE_OF]
  if (code.startsWith('cloud_providers.')) return 'provider'
  return code.startsWith('tokens.') ? 'person' : 'mailbox'
}

const WEATHER: readonly CauseInTable[] = ['egress', 'network', 'microsoft', 'throttling']

/**
 * What is said of an outage by whom it hits: which of these codes it is depends on who gave up first, and changes from one
 * try to the next.
 */
export function isWeather(code: string): boolean {
  return WEATHER.includes(causeOf(code)) || code === 'email_accounts.silent'
}

/** Entra ID said that it is not there, or said nothing: from a mailbox whose token has ended both look the same. */
export function isNoAnswer(code: string): boolean {
  return causeOf(code) === 'egress' || code === 'tokens.endpoint_unavailable'
}

export function knownCode(code: string | null): ErrorCode {
  return code !== null && Object.hasOwn(CATALOGUE, code) ? (code as ErrorCode) : 'kernel.unexpected'
}

export function remedyOf(code: string): Remedy {
  return CATALOGUE[knownCode(code)].remedy
}

/** What says most about how it can be ended stands for the whole. */
const WEIGHT: Readonly<Record<Remedy, number>> = { admin: 3, 'sign-in': 2, bug: 1, wait: 0 }

/** Of the codes of one cause the one that counts: who has to act first, then what is met most often. */
export function weightiest(codes: readonly string[]): ErrorCode {
  const counts = new Map<string, number>()
  for (const code of codes) counts.set(code, (counts.get(code) ?? 0) + 1)
  const [first] = [...counts].sort(
    ([a, countA], [b, countB]) =>
      WEIGHT[remedyOf(b)] - WEIGHT[remedyOf(a)] || countB - countA || (a < b ? -1 : a > b ? 1 : 0),
  )
  return knownCode(first?.[0] ?? null)
}
