import type { Draft } from '../../conversations/index.ts'
import { AppError } from '../../kernel/errors.ts'
import type { DraftId } from '../../kernel/ids.ts'
import { authorOf } from '../caller.ts'
import type { KnownCaller } from '../permit.ts'
import type { Rooms } from '../rooms.ts'

/** A draft as its author may have it: others who work the mailbox see it in the conversation and leave it alone. */
export async function ownDraft({ conversations }: Rooms, id: DraftId, caller: KnownCaller): Promise<Draft> {
  const draft = await conversations.drafts.find(id)
  if (draft?.authorId !== authorOf(caller)) throw new AppError('http.not_found')
  return draft
}
