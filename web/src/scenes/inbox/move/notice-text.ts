/** State of a notice: typed text, or a canned response that is filled for the chosen mailbox. */
import type { Address, Identity } from '../../../api/client.ts'
import { fillPlaceholders, placeholderValues, type Filled, type PlaceholderValues } from '../composer/placeholders.ts'

export interface NoticeText {
  /** Text changed by hand. */
  typed?: string
  canned?: { id: string; text: string; html: string }
  /** The text was changed by hand and names the mailbox that was chosen before. */
  isOutdated?: boolean
}

interface Loaded {
  identities: readonly Pick<Identity, 'name' | 'address' | 'isDefault'>[] | undefined
  /** Null when the answer has none. */
  recipient: Pick<Address, 'name'> | null | undefined
}

/** Undefined until both were loaded: no notice is sent with gaps in place of a name or address. */
export function noticeValues(
  { identities, recipient }: Loaded,
  others: Pick<Filled, 'agent' | 'subject'>,
): PlaceholderValues | undefined {
  if (identities === undefined || recipient === undefined) return undefined
  const identity = identities.find(({ isDefault }) => isDefault)
  return placeholderValues({ ...others, identity, recipient: recipient ?? undefined })
}

/** @param values  undefined until they are loaded */
export function textOf({ typed, canned }: NoticeText, values: PlaceholderValues | undefined): string {
  if (typed !== undefined) return typed
  return canned && values ? fillPlaceholders(canned, values).text : ''
}

/** Another mailbox is chosen. A text changed by hand is kept, and its canned response can be chosen again. */
export function afterOtherTarget(notice: NoticeText): NoticeText {
  const { typed, canned } = notice
  return typed === undefined || canned === undefined ? notice : { typed, isOutdated: true }
}
