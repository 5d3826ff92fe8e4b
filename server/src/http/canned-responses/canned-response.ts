import { z } from 'zod'
import type { CannedResponseAttachmentId, CannedResponseId } from '../../kernel/ids.ts'
import { changesShared } from '../../people/index.ts'
import type { CannedAuthor } from '../../writing/index.ts'
import { toAuthor } from '../caller.ts'
import { line, name, Time } from '../fields.ts'
import { id } from '../ids.ts'
import type { KnownCaller } from '../permit.ts'
import { LONGEST_PREPARED } from '../signature/signature.ts'

const ENTRY = {
  id: z.string(),
  name: z.string(),
  folder: z.string().describe('Names from the top folder down, separated by slashes; empty at the top.'),
  isShared: z.boolean().describe('For all persons; otherwise for the caller only.'),
  isEditable: z.boolean(),
  preview: z.string(),
  usedCount: z.int(),
  lastUsedAt: Time.optional(),
  attachments: z.array(z.object({ id: z.string(), name: z.string(), contentType: z.string(), sizeBytes: z.int() })),
}

export const CannedResponseEntry = z.object(ENTRY).meta({ id: 'CannedResponseEntry' })

export const CannedResponse = z
  .object({
    ...ENTRY,
    text: z.string(),
    html: z.string().describe('No active or remote content. Placeholders such as {{agent.name}} are not filled.'),
  })
  .meta({ id: 'CannedResponse' })

const fields = {
  name,
  folder: line.max(200),
  isShared: z.boolean(),
  text: z.string().max(LONGEST_PREPARED),
  html: z.string().max(LONGEST_PREPARED),
}

export const NewCannedResponse = z
  .strictObject({ ...fields, folder: fields.folder.default(''), isShared: fields.isShared.default(false) })
  .partial({ text: true, html: true })
  .describe('If one of text and HTML is given, the other is derived.')

export const CannedResponseChanges = z.strictObject(fields).partial()

export const attachmentParams = z.object({
  id: id<CannedResponseId>(),
  attachmentId: id<CannedResponseAttachmentId>(),
})

/** The caller as author. Programs have the rights of agents, for shared responses. */
export function authorOf(caller: KnownCaller): CannedAuthor {
  const isPerson = caller.kind === 'person'
  return { id: toAuthor(caller), isPerson, changesShared: isPerson && changesShared(caller.person.role) }
}
