import { words } from '../../../words/index.ts'
import type { SendingLimits } from '../../../api/client.ts'
import type { Entry } from './attachment-list.ts'
import { addressFault } from './recipients.ts'
import { sizeText } from './sizes.ts'
import { toSentContent, type ComposerContent } from './composer-content.ts'

export type Field = 'to' | 'cc' | 'bcc' | 'subject' | 'text' | 'attachments'
export type Obstacles = Partial<Record<Field, string>>

export const LONGEST_SUBJECT = 998

/** Obstacles to sending, by the field to correct. Empty when there are none. */
export function findObstacles(
  writing: ComposerContent,
  attachments: readonly Entry[],
  limits: SendingLimits | undefined,
): Obstacles {
  const { noRecipient, tooManyRecipients, subjectTooLong, textTooLong, uploading, notAttached, tooHeavy } =
    words.composer.obstacles
  const obstacles: Obstacles = {}
  for (const field of ['to', 'cc', 'bcc'] as const) {
    const fault = recipientFault(writing[field])
    if (fault !== undefined) obstacles[field] = fault
  }
  const count = writing.to.length + writing.cc.length + writing.bcc.length
  if (count === 0) obstacles.to = noRecipient
  if (limits && count > limits.recipients) obstacles.to ??= tooManyRecipients(limits.recipients)
  if (writing.subject.length > LONGEST_SUBJECT) obstacles.subject = subjectTooLong(LONGEST_SUBJECT)

  const { text = '', html = '' } = toSentContent(writing)
  const textBytes = bytesOf(text) + bytesOf(html)
  if (limits && textBytes > limits.bodyBytes) obstacles.text = textTooLong(sizeText(limits.bodyBytes))

  const refused = attachments.find(({ state }) => state === 'refused')
  const total = attachments.reduce((sum, { sizeBytes = 0 }) => sum + sizeBytes, textBytes)
  if (refused) obstacles.attachments = notAttached(refused.name)
  else if (attachments.some(({ state }) => state !== 'attached')) obstacles.attachments = uploading
  else if (limits && total > limits.messageBytes) obstacles.attachments = tooHeavy(sizeText(limits.messageBytes))
  return obstacles
}

/** Fault of a recipient, shown at the field immediately. */
export function recipientFault(recipients: ComposerContent['to']): string | undefined {
  for (const { address } of recipients) {
    const fault = addressFault({ address })
    if (fault) return words.composer.wrongAddress(address, words.composer.addressFaults[fault])
  }
  return undefined
}

function bytesOf(text: string): number {
  return new TextEncoder().encode(text).length
}
