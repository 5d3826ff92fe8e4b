import { z } from 'zod'
import { AppError } from '../../kernel/errors.ts'
import type { CannedResponseId } from '../../kernel/ids.ts'
import type { Address, OutgoingAttachment } from '../../mail/index.ts'
import { fillPlaceholders } from '../../writing/index.ts'
import { authorOf } from '../canned-responses/canned-response.ts'
import { id } from '../ids.ts'
import { TEXTS } from '../texts.ts'
import { requireReading } from './known-attachments.ts'
import type { KnownCaller } from '../permit.ts'
import type { Rooms } from '../rooms.ts'

const MOST_VALUES = 100

/** A canned response as the text of a message, with values of its placeholders. */
export const AppliedCannedResponse = z
  .strictObject({
    id: id<CannedResponseId>(),
    values: z
      .record(z.string().regex(/^[a-z][a-z0-9_.]{0,49}$/), z.string().max(5_000))
      .refine((values) => Object.keys(values).length <= MOST_VALUES, TEXTS.mostValues(MOST_VALUES))
      .default({})
      .describe(
        'Values of placeholders, such as `order.number`. `customer.name` and `conversation.subject` are the name of the first recipient and the subject, unless given.',
      ),
  })
  .describe('Replaces `text` and `html`. Its files are attached.')

interface Given {
  cannedResponse?: z.infer<typeof AppliedCannedResponse> | undefined
  text?: string | undefined
  html?: string | undefined
}

interface Written {
  text: string | undefined
  html: string | undefined
  files: readonly OutgoingAttachment[]
}

/**
 * Returns the text of a message: as given, or of a canned response with its values.
 *
 * @throws AppError `writing.not_found`, `writing.value_missing`, `writing.placeholder_unreadable`,
 *   `writing.text_and_response`; `http.scope_missing` for a key that can't read canned responses
 */
export async function writtenText(
  { writing }: Pick<Rooms, 'writing'>,
  { cannedResponse, text, html }: Given,
  { caller, to, subject }: { caller: KnownCaller; to: readonly Address[]; subject: string },
): Promise<Written> {
  if (!cannedResponse) return { text, html, files: [] }
  if (text !== undefined || html !== undefined) throw new AppError('writing.text_and_response')
  const values = new Map(
    Object.entries({ 'customer.name': to[0]?.name ?? '', 'conversation.subject': subject, ...cannedResponse.values }),
  )
  requireReading(caller)
  const { response, attachments } = await writing.cannedResponses.contents(cannedResponse.id, authorOf(caller))
  const filled = fillPlaceholders(response, values)
  return { text: filled.text, html: filled.html === '' ? undefined : filled.html, files: attachments }
}
