import type { MessageContent, MessageFlags } from './mail-objects.ts'

/** Graph's names of what changes with each flag; the change log speaks in them. */
export const FLAG_PROPERTIES: Record<keyof MessageFlags, string[]> = {
  isRead: ['isRead'],
  isDraft: ['isDraft'],
  flagStatus: ['flag'],
  categories: ['categories'],
  inferenceClassification: ['inferenceClassification'],
}

/** The same for what a message says; what Graph does not show has none. */
export const CONTENT_PROPERTIES: Record<keyof MessageContent, string[]> = {
  subject: ['subject'],
  body: ['body', 'bodyPreview'],
  from: ['from'],
  sender: ['sender'],
  to: ['toRecipients'],
  cc: ['ccRecipients'],
  bcc: ['bccRecipients'],
  replyTo: ['replyTo'],
  internetMessageId: ['internetMessageId'],
  references: [],
  inReplyTo: [],
  sentAt: ['sentDateTime'],
  importance: ['importance'],
  isDeliveryReceiptRequested: ['isDeliveryReceiptRequested'],
  isReadReceiptRequested: ['isReadReceiptRequested'],
  headers: ['internetMessageHeaders'],
}

/** Which of the wanted properties the message does not have that way. */
export function differences<T extends object, K extends keyof T>(have: T, wanted: Pick<Partial<T>, K>): K[] {
  return (Object.keys(wanted) as K[]).filter((name) => JSON.stringify(wanted[name]) !== JSON.stringify(have[name]))
}

/** Without the keys that are there and say nothing. */
export function defined<T extends object>(value: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(value).filter(([, each]) => each !== undefined)) as never
}
