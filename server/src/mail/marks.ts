import type { Address } from './address.ts'

/**
 * What a message is besides a text that somebody wrote: found in its source by the room `mime`, or told by the server.
 * Plain JSON, dates as ISO 8601: kept with the message and shown as it is. What is absent was not found.
 *
 * Where quotations and signatures begin is no mark: it follows from the text and is worked out when it is shown.
 */
export interface Marks {
  /** A machine wrote it: nobody waits for an answer, and nothing may answer it by itself (RFC 3834 §2). */
  automatic?: AutomaticMark | undefined
  /** Of `multipart/report; report-type=delivery-status` (RFC 3464), never of a text that looks like a bounce. */
  deliveryReport?: DeliveryReport | undefined
  /** Somebody read it, or deleted it unread (RFC 8098). */
  readReceipt?: ReadReceipt | undefined
  invitation?: Invitation | undefined
  /** It came over a mailing list (RFC 2919, RFC 2369). */
  list?: { id?: string | undefined; name?: string | undefined; unsubscribe?: string | undefined } | undefined
  authentication?: AuthenticationMark | undefined
  /** All From addresses, where there is more than one: RFC 5322 allows it, and `from` is only the first. */
  senders?: readonly Address[] | undefined
  /** Signed or encrypted. Shown as what it is: nothing is verified and nothing decrypted. */
  protection?: ProtectionMark | undefined
  /** Why it is not shown like other mail. Its source is kept, and it can be read again. */
  quarantine?: QuarantineMark | undefined
  /** What was mended or left out when it was read, in words of {@link DEFECTS}. */
  defects?: readonly Defect[] | undefined
}

export interface AutomaticMark {
  /**
   * `reply`: answers by itself, such as out of office; `report`: a bounce or a receipt; `bulk`: to many, such as a
   * newsletter or a list; `generated`: by a program, such as an alarm.
   */
  kind: 'reply' | 'generated' | 'bulk' | 'report'
  /** The field that says so, as it stands: `Auto-Submitted: auto-replied`. */
  reason: string
}

export interface DeliveryReport {
  /** The Message-ID of what it is about, without `<>`, out of the part that returns it (RFC 3464 §2). */
  originalMessageId?: string | undefined
  /** Of the returned header fields, because some servers replace the Message-ID and keep these. */
  originalReferences: readonly string[]
  reportingMta?: string | undefined
  recipients: readonly {
    address: string
    /** `Original-Recipient`, where a relay delivers to another address (RFC 3464 §2.3.1). */
    originalAddress?: string | undefined
    action: 'failed' | 'delayed' | 'delivered' | 'relayed' | 'expanded'
    /** RFC 3463, such as `5.1.1`. */
    status?: string | undefined
    /** What the other server said. */
    diagnostic?: string | undefined
  }[]
}

export interface ReadReceipt {
  originalMessageId?: string | undefined
  recipient?: string | undefined
  /** RFC 8098 §3.2.6, such as `displayed` or `deleted`. */
  disposition: string
}

/** The first event of a calendar part (RFC 5546), for a card. Nothing is entered into any calendar. */
export interface Invitation {
  method: 'request' | 'reply' | 'cancel' | 'publish' | 'counter' | 'other'
  uid?: string | undefined
  title: string
  /** ISO 8601 in UTC, or a date for whole days. */
  startsAt?: string | undefined
  endsAt?: string | undefined
  wholeDay: boolean
  /** As the calendar names it, when it was understood: for "15:00 in Berlin". */
  timeZone?: string | undefined
  /** It comes again: the rule in the words of RFC 5545 §3.3.10. */
  recurrence?: string | undefined
  place?: string | undefined
  organizer?: Address | undefined
  attendees: readonly (Address & { answer?: string | undefined })[]
  /** More attendees than are listed. */
  moreAttendees: number
}

/** Sender checks of the trusted server (RFC 8601). Fields of other servers are ignored. */
export interface AuthenticationMark {
  authServId: string
  /** `pass` only where DMARC passed for the domain of the only From address. */
  verdict: 'pass' | 'fail' | 'none'
  dmarc?: string | undefined
  /** The domain that DMARC evaluated. */
  headerFrom?: string | undefined
  dkim?: string | undefined
  spf?: string | undefined
  /** The domain of the first From address. */
  fromDomain?: string | undefined
}

export interface ProtectionMark {
  kind: 'smime' | 'pgp'
  what: 'signed' | 'encrypted'
}

export interface QuarantineMark {
  /**
   * `too_big`, `too_many_parts`, `too_deep`, `header_too_big`, `too_slow` and `too_much_memory` are bounds that it
   * broke; `unreadable`: the reader failed, which is a mistake of ours.
   */
  reason: QuarantineReason
  /** For whoever looks into it: which bound, what happened. */
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
 * `name_misleading`: a file name hid its ending behind marks of writing direction, which were taken out; `text_cut`:
 * the text is longer than is kept. The others say which part of the grammar was not held to.
 */
export type Defect = (typeof DEFECTS)[number]
