import { buffer } from 'node:stream/consumers'
import { z } from 'zod'
import { AppError } from '../../kernel/errors.ts'
import type { AttachmentId, EmailAccountId } from '../../kernel/ids.ts'
import type { OutgoingAttachment } from '../../mail/index.ts'
import { attachmentBytes } from '../attachments/bytes-of.ts'
import { copyOf } from '../attachments/copy-of.ts'
import type { NewAttachment } from '../drafts/draft.ts'
import { id } from '../ids.ts'
import type { KnownCaller } from '../permit.ts'
import type { Rooms } from '../rooms.ts'
import { whose } from '../whose.ts'

/** An attachment of a message in the same mailbox, which is sent as well. */
export const KnownAttachment = z.strictObject({
  attachmentId: id<AttachmentId>().describe(
    'Attachment of a message in this mailbox. An API key needs `mail:read`, too.',
  ),
})

export type ChosenAttachment = z.infer<typeof NewAttachment> | z.infer<typeof KnownAttachment>

/** Throws for a key that could read by sending to itself. */
export function requireReading(caller: KnownCaller): void {
  if (caller.kind === 'api-key' && !caller.scopes.includes('mail:read')) {
    throw new AppError('http.scope_missing', { detail: 'mail:read' })
  }
}

/**
 * Loads the attachments that a request names by id, from stored sources or the mail server.
 *
 * @throws AppError `http.not_found` for one of another mailbox; `http.scope_missing` for a key that can't read mail;
 *   `submission.too_large`
 */
export async function loadAttachments(
  rooms: Pick<Rooms, 'conversations' | 'emailAccounts' | 'parser' | 'submissions'>,
  chosen: readonly ChosenAttachment[],
  { emailAccountId, caller, html }: { emailAccountId: EmailAccountId; caller: KnownCaller; html: string | undefined },
): Promise<OutgoingAttachment[]> {
  const ids = chosen.flatMap((each) => ('attachmentId' in each ? [each.attachmentId] : []))
  if (ids.length === 0) return chosen as OutgoingAttachment[]
  requireReading(caller)
  const { conversations, submissions } = rooms
  for (const each of ids) {
    if ((await whose(rooms).ofAttachment(each)) !== emailAccountId) throw new AppError('http.not_found')
  }
  const known = await Promise.all(ids.map((each) => conversations.messages.attachment(each)))
  const byId = new Map(known.map((attachment) => [attachment.id, attachment]))
  if (known.some(({ kind }) => kind === 'link')) throw new AppError('conversations.source_gone')
  // Checked before any of them is downloaded.
  const sizes = chosen.map((each) =>
    'attachmentId' in each ? byId.get(each.attachmentId)! : { name: each.name, sizeBytes: each.content.length },
  )
  await submissions.checkAttachments(emailAccountId, sizes)
  const { attachmentBytes: maxBytes } = await submissions.limitsOf(emailAccountId)
  const loaded: OutgoingAttachment[] = []
  for (const each of chosen) {
    if (!('attachmentId' in each)) {
      loaded.push(each)
      continue
    }
    const attachment = byId.get(each.attachmentId)!
    const bytesOf = await attachmentBytes(rooms, await conversations.messages.get(attachment.messageId))
    const { contentId, ...copy } = copyOf(attachment, await buffer(bytesOf(attachment, maxBytes)))
    // A picture that the text doesn't show would be hidden by mail programs.
    const isShown = contentId !== undefined && (html?.includes(`cid:${contentId}`) ?? false)
    loaded.push(isShown ? { ...copy, contentId, isInline: true } : { ...copy, isInline: false })
  }
  return loaded
}
