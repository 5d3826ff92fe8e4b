/** State of a notice: typed text, or a canned response that is filled for the chosen mailbox. */
import { fillPlaceholders, type PlaceholderValues } from '../composer/placeholders.ts'

export interface NoticeText {
  /** Text changed by hand. */
  typed?: string
  canned?: { id: string; text: string; html: string }
  /** The text was changed by hand and names the mailbox that was chosen before. */
  isOutdated?: boolean
}

/** @param values  undefined while they are loaded */
export function textOf({ typed, canned }: NoticeText, values: PlaceholderValues | undefined): string {
  if (typed !== undefined) return typed
  return canned && values ? fillPlaceholders(canned, values).text : ''
}

/** Another mailbox is chosen. A text changed by hand is kept, and its canned response can be chosen again. */
export function afterOtherTarget(notice: NoticeText): NoticeText {
  const { typed, canned } = notice
  return typed === undefined || canned === undefined ? notice : { typed, isOutdated: true }
}
