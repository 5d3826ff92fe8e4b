import { describe, expect, it } from 'vitest'
import { CATALOGUE } from '../kernel/errors.ts'
import { CAUSE_OF, causeOf, weightiest } from './causes.ts'

/** Rooms whose codes answer who asked, and stand in no row. */
const ANSWERS =
  /^(?:config|http|people|submission|conversations|mail|sync|alerts|incidents|cli|account_health|doctor|installation)\./

/** Codes of rooms that have states which answer a deed all the same: who did it sees them, and no mailbox stops. */
const DEEDS: readonly string[] = [
  'cloud_providers.clouds_file_invalid',
  'cloud_providers.credential_not_found',
  'cloud_providers.already_exists',
  'cloud_providers.in_use',
  'cloud_providers.id_malformed',
  'cloud_providers.ids_fixed',
  'cloud_providers.field_invalid',
  'cloud_providers.personal_accounts_unavailable',
  'cloud_providers.secret_is_an_id',
  'cloud_providers.secret_malformed',
  'cloud_providers.too_many_credentials',
  'cloud_providers.work_order_over',
  'tokens.grant_in_use',
  'tokens.consent_declined',
  'tokens.state_unknown',
  'tokens.state_foreign',
  'tokens.state_used',
  'tokens.state_expired',
  'tokens.sign_in_cancelled',
  'tokens.sign_in_refused',
  'tokens.code_refused',
  'tokens.id_token_invalid',
  'tokens.wrong_tenant',
  'tokens.other_person',
  'tokens.sign_in_link_over',
  'tokens.sign_in_link_busy',
  'tokens.sign_in_link_unbound',
  'tokens.mailbox_not_opened',
  'tokens.wish_not_found',
  'tokens.wish_over',
  'tokens.personal_account',
  'tokens.device_code_not_allowed',
  'tokens.device_code_declined',
  'tokens.device_code_expired',
  'tokens.device_code_refused',
  'tokens.device_sign_in_not_found',
  'tokens.refresh_token_missing',
  'tokens.refresh_token_short',
  'email_accounts.not_found',
  'email_accounts.key_taken',
  'email_accounts.key_malformed',
  'email_accounts.address_taken',
  'email_accounts.other_cloud_provider',
  'email_accounts.no_such_folder',
  'email_accounts.sent_folder_known',
  'email_accounts.sent_folder_has_role',
  'email_accounts.no_folder_chosen',
  'email_accounts.sends_on_behalf',
  'email_accounts.identity_not_found',
  'email_accounts.too_many_identities',
  'email_accounts.too_many_aliases',
  'email_accounts.address_not_own',
  'email_accounts.address_in_use',
  'email_accounts.addresses_untold',
  'email_accounts.alias_replaced',
  'email_accounts.time_zone_unknown',
  'email_accounts.mail_waits',
  'email_accounts.road_needs_person',
  'email_accounts.senders_checked_by_microsoft',
  'email_accounts.microsoft_needs_sign_in',
  'email_accounts.tls_needed',
  'email_accounts.ca_malformed',
  'email_accounts.not_by_password',
  'email_accounts.cannot_be_opened',
  'email_accounts.application_cannot_open',
  'email_accounts.tenant_not_admitted',
  'email_accounts.personal_not_shared',
  'email_accounts.stand_by_not_needed',
  'email_accounts.stand_by_unfit',
  'email_accounts.stand_by_at_work',
  'email_accounts.stand_by_not_at_work',
  'email_accounts.no_stand_by',
  // Reasons of a pause, which somebody wanted.
  'email_accounts.paused',
  'email_accounts.disconnected',
  'transports.recipient_refused',
  // Faults of one message: it fails with its reason, and others go out.
  'transports.smtp_message_refused',
  'transports.no_sent_folder',
  'transports.message_too_large',
  'transports.large_file_at_shared',
  'transports.attachment_too_large',
  // An answer of the API.
  'mime.attachment_unreadable',
  // Of the process itself: logged, or the reason of an incident of the installation.
  'kernel.round_abandoned',
  'kernel.stalled',
  'kernel.end_overdue',
  'database.absent_at_start',
  'database.folder_copied',
  'database.folder_owner',
  'tokens.consent_unproven',
  'kernel.key_unknown',
  'kernel.key_not_lost',
  'database.newer_than_code',
  'database.older_than_code',
  'database.not_found_in_folder',
  'database.migrations_differ',
  'database.migration_failed',
  'database.not_embeddable',
  'database.folder_in_use',
  'database.folder_closed',
  'database.start_failed',
  'database.other_version',
]

describe('the table from codes to causes', () => {
  it('has every code of the catalogue that can stand as a reason, and no other', () => {
    const open = Object.keys(CATALOGUE).filter(
      (code) => !ANSWERS.test(code) && !DEEDS.includes(code) && !Object.hasOwn(CAUSE_OF, code),
    )
    expect(open).toEqual([])
    expect(DEEDS.filter((code) => Object.hasOwn(CAUSE_OF, code) || !Object.hasOwn(CATALOGUE, code))).toEqual([])
  })

  it('takes a code that a newer version stored for what its room is about', () => {
    expect(causeOf('cloud_providers.of_tomorrow')).toBe('provider')
    expect(causeOf('tokens.of_tomorrow')).toBe('person')
    expect(causeOf('room.of_tomorrow')).toBe('mailbox')
  })

  it('lets the code stand for all whose end needs a person, then the one that is met most often', () => {
    expect(weightiest(['transports.unavailable', 'tokens.endpoint_unavailable', 'tokens.endpoint_unavailable'])).toBe(
      'tokens.endpoint_unavailable',
    )
    expect(
      weightiest(['tokens.endpoint_unavailable', 'tokens.endpoint_unavailable', 'cloud_providers.secret_expired']),
    ).toBe('cloud_providers.secret_expired')
    expect(weightiest(['room.of_tomorrow'])).toBe('kernel.unexpected')
  })
})
