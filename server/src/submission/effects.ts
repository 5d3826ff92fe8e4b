/** The effect of each failure on a message that is to be sent: it waits and continues by itself, or it fails. */
import type { AppError, ErrorCode } from '../kernel/errors.ts'

/**
 * - `fail`: the fault is in the message. Its text is kept, and a person changes it or sends it again.
 * - `wait`: only this message waits; others of the mailbox may go out meanwhile.
 * - `hold-mailbox`: no message of the mailbox would go out, so all of them wait.
 * - `hold-login`: the server limits the login, so all mailboxes that send with it wait.
 */
export type Effect = 'fail' | 'wait' | 'hold-mailbox' | 'hold-login'

type RoomOf<Code> = Code extends `${infer Room}.${string}` ? Room : never
type Room = RoomOf<ErrorCode>

/** Rooms whose failures differ in their effect: {@link EFFECT_OF_CODE} has each of their codes. */
type MixedRoom = 'transports' | 'egress' | 'mail' | 'kernel'

/** Does not compile while a code of these rooms is missing. */
export const EFFECT_OF_CODE = {
  'transports.recipient_refused': 'fail',
  'transports.message_too_large': 'fail',
  'transports.large_file_at_shared': 'fail',
  'transports.smtp_message_refused': 'fail',
  'transports.item_gone': 'fail',
  'transports.request_refused': 'fail',
  'transports.answer_too_large': 'fail',
  'mail.header_refused': 'fail',
  'kernel.unexpected': 'fail',

  'transports.unavailable': 'wait',
  'transports.access_token_refused': 'wait',
  'transports.not_a_draft': 'wait',
  'transports.changed_meanwhile': 'wait',
  'transports.smtp_timed_out': 'wait',
  'transports.smtp_not_understood': 'wait',
  'transports.smtp_unavailable': 'wait',
  'transports.smtp_cut': 'wait',
  // The right to send as one address of several.
  'transports.send_as_denied': 'wait',
  'transports.imap_unreachable': 'wait',
  'transports.imap_timed_out': 'wait',
  'transports.imap_unavailable': 'wait',
  'transports.imap_session_ended': 'wait',
  'transports.imap_not_understood': 'wait',
  'transports.imap_refused': 'wait',
  'transports.imap_too_many_connections': 'wait',
  'egress.unreachable': 'wait',
  'egress.timed_out': 'wait',
  'egress.answer_too_large': 'wait',

  'transports.throttled': 'hold-login',
  'transports.send_limit_reached': 'hold-login',
  'transports.smtp_too_many_connections': 'hold-login',
  'transports.smtp_pace': 'hold-login',

  'transports.sign_in_challenged': 'hold-mailbox',
  'transports.access_denied': 'hold-mailbox',
  'transports.application_denied': 'hold-mailbox',
  'transports.mailbox_not_found': 'hold-mailbox',
  'transports.mailbox_not_enabled': 'hold-mailbox',
  'transports.mailbox_full': 'hold-mailbox',
  'transports.foreign_link': 'hold-mailbox',
  'transports.smtp_unreachable': 'hold-mailbox',
  'transports.smtp_tls_refused': 'hold-mailbox',
  'transports.smtp_token_refused': 'hold-mailbox',
  'transports.smtp_off': 'hold-mailbox',
  'transports.smtp_sign_in_blocked': 'hold-mailbox',
  'transports.smtp_password_refused': 'hold-mailbox',
  'transports.smtp_no_passwords': 'hold-mailbox',
  'transports.smtp_sender_blocked': 'hold-mailbox',
  'transports.imap_tls_refused': 'hold-mailbox',
  'transports.imap_tls_missing': 'hold-mailbox',
  'transports.imap_login_refused': 'hold-mailbox',
  'transports.imap_password_refused_here': 'hold-mailbox',
  'transports.imap_token_refused': 'hold-mailbox',
  'transports.imap_no_mechanism': 'hold-mailbox',
  'transports.imap_off': 'hold-mailbox',
  'transports.imap_no_access': 'hold-mailbox',
  'transports.imap_role_missing': 'hold-mailbox',
  'transports.imap_application_unknown': 'hold-mailbox',
  'egress.address_refused': 'hold-mailbox',
  'egress.name_not_found': 'hold-mailbox',
  'egress.name_server_failed': 'hold-mailbox',
  'kernel.end_overdue': 'wait',
  'kernel.round_abandoned': 'wait',
  'kernel.stalled': 'wait',
  'kernel.key_missing': 'hold-mailbox',
  'kernel.key_wrong': 'hold-mailbox',

  // Codes of reading, of the copy of a sent message and of the terminal, which no attempt to send meets.
  'transports.attachment_too_large': 'fail',
  'transports.cursor_forgotten': 'wait',
  'transports.no_sent_folder': 'wait',
  'transports.imap_no_idle': 'wait',
  'kernel.key_unknown': 'fail',
  'kernel.key_not_lost': 'fail',
} as const satisfies Record<Extract<ErrorCode, `${MixedRoom}.${string}`>, Effect>

/** A failure to open the mailbox is a fault of the account, whatever the message. */
const EFFECT_OF_ROOM: Readonly<Record<Exclude<Room, MixedRoom>, Effect>> = {
  tokens: 'hold-mailbox',
  cloud_providers: 'hold-mailbox',
  email_accounts: 'hold-mailbox',
  database: 'wait',
  disk_space: 'wait',
  installation: 'wait',
  sync: 'wait',
  submission: 'fail',
  conversations: 'fail',
  mime: 'fail',
  config: 'fail',
  http: 'fail',
  people: 'fail',
  alerts: 'fail',
  incidents: 'fail',
  doctor: 'fail',
  cli: 'fail',
}

export function effectOf({ code }: Pick<AppError, 'code'>): Effect {
  if (Object.hasOwn(EFFECT_OF_CODE, code)) return EFFECT_OF_CODE[code as keyof typeof EFFECT_OF_CODE]
  return EFFECT_OF_ROOM[code.split('.')[0] as Exclude<Room, MixedRoom>]
}

/** Codes of the mixed rooms with this effect. */
export function codesThat(effect: Effect): ErrorCode[] {
  return (Object.keys(EFFECT_OF_CODE) as (keyof typeof EFFECT_OF_CODE)[]).filter(
    (code) => EFFECT_OF_CODE[code] === effect,
  )
}

/** A mailbox that cannot send until a person acts. */
export function needsPerson({ remedy }: Pick<AppError, 'remedy'>): boolean {
  return remedy === 'admin' || remedy === 'sign-in'
}
