import { z } from 'zod'
import type { MessageHead, StoredAttachment } from '../../conversations/index.ts'
import type { MessageBody, MessageText } from '../../mail/index.ts'
import { Message } from '../conversations/conversation.ts'
import type { Rooms } from '../rooms.ts'
import { Attachment } from './list-attachments.ts'
import { readAttachments } from './read-attachments.ts'
import { simplifiedText, unlessAway } from './view-message.ts'

/** Parts that cost a read of the body, or a request to the mail server. */
export const PARTS = ['text', 'html', 'original-html', 'attachments'] as const
export type MessagePart = (typeof PARTS)[number]

/** Mail servers limit the requests of a mailbox at the same time. */
const LISTED_AT_ONCE = 4

export const FullMessage = Message.extend({
  text: z.string().optional().describe('Body as plain text, also of a message in HTML.'),
  quotationStart: z
    .int()
    .optional()
    .describe(
      'Offset in `text`, in UTF-16 units: its own text ends here, and a quotation of earlier messages follows.',
    ),
  signatureStart: z.int().optional().describe('Offset in `text` of the line `-- ` above the signature.'),
  html: z
    .string()
    .optional()
    .describe(
      'Body without scripts, forms and remote content; images of the message have the URL `cid:` and the `contentId` of the attachment. Absent for plain text.',
    ),
  originalHtml: z.string().optional().describe('Body as it came. Never show it in a page without cleaning it.'),
  isTruncated: z.boolean().optional().describe('The body is longer: request the message by itself, or its source.'),
  attachments: z
    .array(Attachment)
    .optional()
    .describe('Absent if they were never listed and the mail server can’t list them now.'),
}).meta({ id: 'FullMessage' })

/** Parts of a message in a request: names with commas between; plain text without any. */
export function partsOf<Part extends string>(parts: readonly [Part, ...Part[]]) {
  return z
    .string()
    .max(100)
    .transform((text) => text.split(',').filter((part) => part !== ''))
    .pipe(z.array(z.enum(parts)))
    .default(['text' as Part])
    .describe(`Parts of the messages, separated by commas: ${parts.map((part) => `\`${part}\``).join(', ')}.`)
}

/** Fields that belong to a part of a message. */
const PART_OF: Readonly<Record<string, MessagePart | 'headers'>> = {
  ...{ text: 'text', quotationStart: 'text', signatureStart: 'text', isTruncated: 'text' },
  ...{ html: 'html', originalHtml: 'original-html', attachments: 'attachments', headers: 'headers' },
}

/** Parts that the fields need; those of `include` without a choice of fields. */
export function partsFor<Part extends MessagePart | 'headers'>(
  fields: readonly string[] | undefined,
  include: readonly Part[],
): Part[] {
  if (!fields) return [...include]
  const parts = new Set(fields.flatMap((name) => PART_OF[name] ?? []))
  return [...parts] as Part[]
}

type Full = Omit<z.input<typeof FullMessage>, keyof z.input<typeof Message>> & MessageHead

/**
 * Adds the parts. Cost: one statement for the bodies, one call of a thread; one statement per message with attachments,
 * and one request to its mail server where they were never listed.
 *
 * @param longest length in UTF-16 units at which each body is cut off
 */
export async function withParts(
  rooms: Pick<Rooms, 'conversations' | 'emailAccounts' | 'parser'>,
  messages: readonly MessageHead[],
  parts: readonly MessagePart[],
  longest: number,
): Promise<Full[]> {
  const needsBody = parts.some((part) => part !== 'attachments')
  const ids = messages.map(({ id }) => id)
  // One character more shows that a body is longer.
  const bodies = needsBody
    ? await rooms.conversations.messages.bodies(ids, longest + 1)
    : new Map<string, MessageBody>()
  const read = [...bodies]
  const isShown = parts.includes('text') || parts.includes('html')
  const texts = isShown
    ? await rooms.parser.texts(
        read.map(([, body]) => body),
        longest,
      )
    : []
  const shown = new Map(read.map(([id, body], index) => [id, { body, text: texts[index] }]))
  const attachments = parts.includes('attachments') ? await attachmentsOf(rooms, messages) : undefined
  return messages.map((message) => {
    const { body, text } = shown.get(message.id) ?? {}
    return {
      ...message,
      ...(body && bodyParts(body, text, parts, longest)),
      ...(attachments?.has(message.id) && { attachments: attachments.get(message.id)! }),
    }
  })
}

async function attachmentsOf(
  rooms: Pick<Rooms, 'conversations' | 'emailAccounts'>,
  messages: readonly MessageHead[],
): Promise<Map<string, StoredAttachment[]>> {
  const found = new Map<string, StoredAttachment[]>()
  const waiting = [...messages]
  const lane = async () => {
    for (let next = waiting.shift(); next; next = waiting.shift()) {
      // One mailbox that is away must not fail the list.
      const attachments = await readAttachments(rooms, next).catch(unlessAway)
      if (attachments) found.set(next.id, attachments)
    }
  }
  await Promise.all(Array.from({ length: LISTED_AT_ONCE }, lane))
  return found
}

function bodyParts(
  body: MessageBody,
  shown: MessageText | undefined,
  parts: readonly MessagePart[],
  longest: number,
): Partial<Full> {
  const isCut = body.content.length > longest
  const { html, isTruncated, ...text } = shown ?? { text: simplifiedText(body), isTruncated: true }
  return {
    ...(parts.includes('text') && text),
    ...(parts.includes('html') && html !== undefined && { html }),
    ...(parts.includes('original-html') && body.type === 'html' && { originalHtml: body.content.slice(0, longest) }),
    isTruncated: isCut || isTruncated,
  }
}
