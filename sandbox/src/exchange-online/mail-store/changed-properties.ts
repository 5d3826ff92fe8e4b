import type { MessageContent, MessageFlags } from './mail-objects.ts'

/** Graph properties that change with each flag, as recorded in the change log. */
export const FLAG_PROPERTIES: Record<keyof MessageFlags, string[]> = {
  isRead: ['isRead'],
  isDraft: ['isDraft'],
  flagStatus: ['flag'],
  categories: ['categories'],
  inferenceClassification: ['inferenceClassification'],
}

/** Graph properties that change with each part of the content; empty for parts that Graph does not return. */
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

/** Keys of `wanted` whose values differ from the message's. */
export function differences<T extends object, K extends keyof T>(have: T, wanted: Pick<Partial<T>, K>): K[] {
  return (Object.keys(wanted) as K[]).filter((name) => JSON.stringify(wanted[name]) !== JSON.stringify(have[name]))
}

/** Removes keys with the value `undefined`. */
export function defined<T extends object>(value: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(value).filter(([, each]) => each !== undefined)) as never
}
