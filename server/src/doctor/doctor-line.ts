import type { Explanation } from '../error-map/index.ts'
import type { ErrorCode, Remedy } from '../kernel/errors.ts'

export type CheckOutcome = 'ok' | 'wrong' | 'not-tried'

/** What is looked at, in the order in which a report reads. */
export type Examined =
  | 'database'
  | 'keys'
  | 'public-url'
  | 'name'
  | 'connection'
  | 'clock'
  | 'discovery'
  | 'client'
  | 'credential'
  | 'redirect-uri'
  | 'sign-in'
  | 'token'
  | 'person'
  | 'mailbox'
  | 'imap-server'
  | 'imap-protection'
  | 'imap-sign-in'
  | 'folder'
  | 'draft'
  | 'send-as'
  | 'push'
  | 'budget'
  | 'life'

/** One thing that was tried, or why it was not. */
export interface DoctorLine {
  /** Unique in a report; {@link because} points to it. */
  id: string
  what: Examined
  /** Which one: a host, a Cloud Provider, an address. */
  about: string | undefined
  outcome: CheckOutcome
  /** A sentence for a person: what was found, or why it was not tried. */
  title: string
  /** Figures and names that belong to it. Never a secret, never mail. */
  facts: readonly { name: string; value: string }[]
  /** With `wrong`. */
  code: ErrorCode | undefined
  remedy: Remedy | undefined
  /** Who can end it, as a person reads it. */
  who: string | undefined
  fix: string | undefined
  /** Better words than {@link fix}, with the real names, where Microsoft said something that we know. */
  explanation: Explanation | undefined
  /** The line that comes first: as long as that is wrong, this one cannot be tried. */
  because: string | undefined
  /** Its place in the report; lines come as they are known. */
  place: number
}
