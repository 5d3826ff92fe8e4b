import type { Tx } from '../database/index.ts'
import type { EmailAccountId, PersonId } from '../kernel/ids.ts'

/** Somebody may see less than before, and is no admin (any more). */
export interface LostRights {
  id: PersonId
  /** The mailboxes they may still see. */
  keptAccountIds: readonly EmailAccountId[]
  /** Who took the rights away. */
  actor: string
}

/** How rooms that `people` does not know hear of it. Called in the transaction in which it happens. */
export type LostRightsHook = (tx: Tx, lost: LostRights) => Promise<void>

/** Ends what an admin has made and others can still use: links and API keys. None comes alive again with a later role. */
export async function endWhatTheyMade(tx: Tx, id: PersonId, now: Date): Promise<void> {
  await tx
    .updateTable('person_links')
    .set({ revoked_at: now })
    .where('created_by', '=', `person:${id}`)
    .where('used_at', 'is', null)
    .where('revoked_at', 'is', null)
    .execute()
  await tx
    .updateTable('api_keys')
    .set({ revoked_at: now })
    .where('created_by', '=', id)
    .where('revoked_at', 'is', null)
    .execute()
}

/** Whether a link was made by a person who may make none any more; what Postkey made itself has no such maker. */
export async function isMadeByFormerAdmin(tx: Tx, createdBy: string): Promise<boolean> {
  const [, id] = /^person:(.+)$/.exec(createdBy) ?? []
  if (id === undefined) return false
  const former = await tx
    .selectFrom('users')
    .select('id')
    .where('id', '=', id)
    .where((e) => e.or([e('role', '<>', 'admin'), e('removed_at', 'is not', null)]))
    .executeTakeFirst()
  return former !== undefined
}
