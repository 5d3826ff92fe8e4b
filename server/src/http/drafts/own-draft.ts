import type { Draft } from '../../conversations/index.ts'
import { AppError } from '../../kernel/errors.ts'
import type { DraftId } from '../../kernel/ids.ts'
import { toAuthor } from '../caller.ts'
import type { KnownCaller } from '../permit.ts'
import type { Rooms } from '../rooms.ts'

/**
 * Returns a draft to its author. Other agents of the mailbox see it in the conversation, but cannot change it.
 *
 * @throws AppError `http.not_found` when it belongs to another author
 */
export async function ownDraft({ conversations }: Rooms, id: DraftId, caller: KnownCaller): Promise<Draft> {
  return expectOwn(await conversations.drafts.find(id), caller)
}

/** The same for a discarded draft. */
export async function ownDiscardedDraft({ conversations }: Rooms, id: DraftId, caller: KnownCaller): Promise<Draft> {
  return expectOwn(await conversations.drafts.findDiscarded(id), caller)
}

function expectOwn(draft: Draft | undefined, caller: KnownCaller): Draft {
  if (draft?.authorId !== toAuthor(caller)) throw new AppError('http.not_found')
  return draft
}
