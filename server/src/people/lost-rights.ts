import type { Tx } from '../database/index.ts'
import type { EmailAccountId, PersonId } from '../kernel/ids.ts'

/** Person who lost rights and isn't an admin (any more). */
export interface LostRights {
  id: PersonId
  /** Mailboxes that the person may still access. */
  keptAccountIds: readonly EmailAccountId[]
  /** Actor who removed the rights. */
  actor: string
}

/** Hook for rooms that `people` doesn't import. Called in the transaction of the change. */
export type LostRightsHook = (tx: Tx, lost: LostRights) => Promise<void>

/** Revokes links and API keys that a former admin created. They stay invalid when the person becomes an admin again. */
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

/** Returns true when a link was created by a person who is no longer an admin; false for links of Postkey itself. */
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
