import { z } from 'zod'
import type { ViewEditor } from '../../conversations/index.ts'
import { changesShared } from '../../people/index.ts'
import type { KnownCaller } from '../permit.ts'
import { name } from '../fields.ts'

export const SavedView = z
  .object({
    id: z.string(),
    ownerId: z.string(),
    name: z.string(),
    query: z.string().describe('As `search` of `GET /v1/conversations`.'),
    view: z.string().describe('As `view` of `GET /v1/conversations`.'),
    isShared: z.boolean().describe('Listed for the whole team; otherwise for its owner only.'),
  })
  .meta({ id: 'SavedView' })

export const SavedViewInput = z.strictObject({
  name: name.max(60),
  query: z.string().trim().min(1).max(500),
  view: z
    .string()
    .regex(/^[a-z-]{1,20}$/)
    .default('all'),
  isShared: z.boolean().default(false),
})

export function toEditor(caller: KnownCaller): ViewEditor {
  return { id: caller.id, changesShared: caller.kind === 'person' && changesShared(caller.person.role) }
}
