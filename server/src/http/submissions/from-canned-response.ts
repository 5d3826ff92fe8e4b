import { z } from 'zod'
import { AppError } from '../../kernel/errors.ts'
import type { CannedResponseId } from '../../kernel/ids.ts'
import type { Address, OutgoingAttachment } from '../../mail/index.ts'
import { fillPlaceholders } from '../../writing/index.ts'
import { authorOf } from '../canned-responses/canned-response.ts'
import { id } from '../ids.ts'
import type { KnownCaller } from '../permit.ts'
import type { Rooms } from '../rooms.ts'

/** A canned response as the text of a message, with values of its placeholders. */
export const AppliedCannedResponse = z
  .strictObject({
    id: id<CannedResponseId>(),
    values: z
      .record(z.string().regex(/^[a-z][a-z0-9_.]{0,49}$/), z.string().max(5_000))
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
 * @throws AppError `writing.not_found`, `writing.value_missing`, `writing.text_and_response`
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
  const author = authorOf(caller)
  // Filled before its use is counted.
  const filled = fillPlaceholders(await writing.cannedResponses.get(cannedResponse.id, author), values)
  const { attachments } = await writing.cannedResponses.use(cannedResponse.id, author)
  return { text: filled.text, html: filled.html === '' ? undefined : filled.html, files: attachments }
}
