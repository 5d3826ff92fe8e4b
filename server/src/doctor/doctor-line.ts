import type { Explanation } from '../error-map/index.ts'
import type { ErrorCode, Remedy } from '../kernel/errors.ts'
import type { CHECK_LABELS } from './texts.ts'

export type CheckOutcome = 'ok' | 'wrong' | 'not-tried'

/** Subject of a check. */
export type Examined = keyof typeof CHECK_LABELS

/** Result of one check, or the reason why it was skipped. */
export interface DoctorLine {
  /** Unique in a report; {@link because} refers to it. */
  id: string
  what: Examined
  /** Subject of the check: a host, a Cloud Provider or an address. */
  about: string | undefined
  /** Name of the check with {@link about}. */
  label: string
  outcome: CheckOutcome
  /** Sentence for users: the result, or the reason why the check was skipped. */
  title: string
  /** Related figures and names. Never contains a secret or mail. */
  facts: readonly { name: string; value: string }[]
  /** Error code; set if the outcome is `wrong`. */
  code: ErrorCode | undefined
  remedy: Remedy | undefined
  /** Person who can fix it, as a text for users. */
  who: string | undefined
  fix: string | undefined
  /** More specific text than {@link fix}, with the real names, for known Microsoft codes. */
  explanation: Explanation | undefined
  /** Id of the failed check that prevented this one. */
  because: string | undefined
  /** Position in the report; lines arrive as soon as they are known. */
  place: number
}
