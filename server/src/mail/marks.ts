import type { Address } from './address.ts'

/**
 * Properties of a message beyond its text, found in its source by the room `mime` or reported by the server. Plain
 * JSON, dates as ISO 8601: stored with the message and displayed unchanged. Absent properties were not found.
 *
 * The positions of quotations and signatures are not included: they are derived from the text for display.
 */
export interface Marks {
  /** Sent by a program: no reply is expected, and automatic replies are forbidden (RFC 3834 §2). */
  automatic?: AutomaticMark | undefined
  /**
   * Delivery report of `multipart/report; report-type=delivery-status` (RFC 3464), never of a text that resembles a
   * bounce.
   */
  deliveryReport?: DeliveryReport | undefined
  /** Receipt: a recipient read the message, or deleted it unread (RFC 8098). */
  readReceipt?: ReadReceipt | undefined
  invitation?: Invitation | undefined
  /** Mailing list that the message came from (RFC 2919, RFC 2369). */
  list?: { id?: string | undefined; name?: string | undefined; unsubscribe?: string | undefined } | undefined
  authentication?: AuthenticationMark | undefined
  /** All From addresses, when there is more than one: RFC 5322 allows it, and `from` is only the first. */
  senders?: readonly Address[] | undefined
  /** Signature or encryption. Only displayed: signatures aren't verified and content isn't decrypted. */
  protection?: ProtectionMark | undefined
  /** Reason why the message isn't shown like other mail. Its source is kept, and it can be read again. */
  quarantine?: QuarantineMark | undefined
  /** Parts that were repaired or left out when the message was parsed, as {@link DEFECTS}. */
  defects?: readonly Defect[] | undefined
}

export interface AutomaticMark {
  /**
   * `reply`: an automatic answer, such as out of office. `report`: a bounce or a receipt. `bulk`: mail to many, such as
   * a newsletter or a list. `generated`: mail of a program, such as an alarm.
   */
  kind: 'reply' | 'generated' | 'bulk' | 'report'
  /** Header field that proves it, unchanged: `Auto-Submitted: auto-replied`. */
  reason: string
}

export interface DeliveryReport {
  /** Message-ID of the reported message, without `<>`, from the part that returns it (RFC 3464 §2). */
  originalMessageId?: string | undefined
  /** References in the returned header fields, because some servers replace the Message-ID and keep these. */
  originalReferences: readonly string[]
  reportingMta?: string | undefined
  recipients: readonly {
    address: string
    /** `Original-Recipient`, when a relay delivers to another address (RFC 3464 §2.3.1). */
    originalAddress?: string | undefined
    action: 'failed' | 'delayed' | 'delivered' | 'relayed' | 'expanded'
    /** Status code of RFC 3463, such as `5.1.1`. */
    status?: string | undefined
    /** Response of the other server. */
    diagnostic?: string | undefined
  }[]
}

export interface ReadReceipt {
  originalMessageId?: string | undefined
  recipient?: string | undefined
  /** Disposition of RFC 8098 §3.2.6, such as `displayed` or `deleted`. */
  disposition: string
}

/** First event of a calendar part (RFC 5546), for display on a card. No calendar is changed. */
export interface Invitation {
  method: 'request' | 'reply' | 'cancel' | 'publish' | 'counter' | 'other'
  uid?: string | undefined
  title: string
  /** Start as ISO 8601 in UTC, or as a date for whole days. */
  startsAt?: string | undefined
  endsAt?: string | undefined
  wholeDay: boolean
  /** Time zone by its name in the calendar, when recognized: for "15:00 in Berlin". */
  timeZone?: string | undefined
  /** Recurrence rule in the form of RFC 5545 §3.3.10. */
  recurrence?: string | undefined
  place?: string | undefined
  organizer?: Address | undefined
  attendees: readonly (Address & { answer?: string | undefined })[]
  /** Number of attendees beyond the listed ones. */
  moreAttendees: number
}

/** Sender checks of the trusted server (RFC 8601). Fields of other servers are ignored. */
export interface AuthenticationMark {
  authServId: string
  /** `pass` only when DMARC passed for the domain of the only From address. */
  verdict: 'pass' | 'fail' | 'none'
  dmarc?: string | undefined
  /** Domain that DMARC evaluated. */
  headerFrom?: string | undefined
  dkim?: string | undefined
  spf?: string | undefined
  /** Domain of the first From address. */
  fromDomain?: string | undefined
}

export interface ProtectionMark {
  kind: 'smime' | 'pgp'
  what: 'signed' | 'encrypted'
}

export interface QuarantineMark {
  /**
   * `too_big`, `too_many_parts`, `too_deep`, `header_too_big`, `too_slow` and `too_much_memory` are exceeded limits.
   * `unreadable`: the parser failed, which is a bug of ours.
   */
  reason: QuarantineReason
  /** Details for the investigation: which limit, which failure. */
  detail: string
}

export const QUARANTINE_REASONS = [
  'too_big',
  'too_many_parts',
  'too_deep',
  'header_too_big',
  'too_slow',
  'too_much_memory',
  'unreadable',
] as const
export type QuarantineReason = (typeof QUARANTINE_REASONS)[number]

export const DEFECTS = [
  'boundary_missing',
  'boundary_unclosed',
  'charset_unknown',
  'charset_wrong',
  'encoding_broken',
  'header_broken',
  'header_missing',
  'name_misleading',
  'text_cut',
  'tnef_broken',
  'calendar_broken',
] as const
/**
 * `name_misleading`: a file name hid its extension behind bidirectional controls, which were removed. `text_cut`: the
 * text exceeds the stored length. The others name the violated part of the grammar.
 */
export type Defect = (typeof DEFECTS)[number]
