import { sql } from 'kysely'
import type { Database, Tx } from '../database/index.ts'
import { AppError } from '../kernel/errors.ts'
import type { GrantId } from '../kernel/ids.ts'
import type { PostgresGrantVault } from './postgres-grant-vault.ts'
import type { SignInHook, SignInHooks } from './sign-in-hooks.ts'

/** Part of the outcome of a completed sign-in that `UnfinishedSignIns` reads. */
export interface KeptOutcome {
  grantId: GrantId
  /** Absent once the hooks of the sign-in are done. */
  isUnfinished?: boolean
}

export interface UnfinishedSignIns {
  /**
   * Repeats the hooks of up to 100 unfinished sign-ins, until `over`. The next call continues after them, and repeats
   * those that failed again when all others had their turn.
   */
  finish: (over?: AbortSignal) => Promise<void>
  /** Part of each later sign-in of the grant, whose hooks replace those of unfinished ones. */
  hook: SignInHook
}

/** Condition for rows of `authorizations` and `device_sign_ins`. */
export const IS_UNFINISHED = sql<boolean>`coalesce(outcome @> '{"isUnfinished": true}', false)`

const TABLES = ['authorizations', 'device_sign_ins'] as const
const MOST_OF_ONE_ROUND = 100
/** Each may wait for a lock, with a connection of the pool that everything shares. */
const MOST_AT_ONCE = 2

/**
 * Finishes sign-ins whose grant is kept, but whose mailboxes were locked by another transaction. Each grant has a
 * transaction of its own, so that one locked mailbox does not delay the others.
 */
export function createUnfinishedSignIns(deps: {
  database: Database
  vault: Pick<PostgresGrantVault, 'summary'>
  signInHooks: SignInHooks
}): UnfinishedSignIns {
  const { database, vault, signInHooks } = deps
  const grantIn = sql<GrantId>`outcome->>'grantId'`
  /** The grant tried last, so that 100 that always fail do not delay the others. */
  let last = ''

  async function listGrants(): Promise<GrantId[]> {
    const [first, second] = TABLES.map((table) =>
      database.db.selectFrom(table).select(grantIn.as('id')).where(IS_UNFINISHED),
    )
    const found = await database.db
      .selectFrom(first!.union(second!).as('unfinished'))
      .select('id')
      .orderBy(sql`id <= ${last}`)
      .orderBy('id')
      .limit(MOST_OF_ONE_ROUND)
      .execute()
    return found.map(({ id }) => id)
  }

  async function finishGrant(id: GrantId): Promise<void> {
    await database.withLock(`grant:${id}`, async () => {
      const grant = await findGrant(id)
      await database.transaction(async (tx) => {
        // A grant that has ended meanwhile opens no mailbox; its next sign-in runs the hooks.
        if (grant && grant.state !== 'needs-sign-in') await signInHooks.inTransaction(tx, grant)
        await setFinished(tx, id)
      })
    })
    await signInHooks.afterCommit(id)
  }

  async function findGrant(id: GrantId) {
    try {
      return await vault.summary(id)
    } catch (error) {
      if (error instanceof AppError && error.code === 'tokens.grant_not_found') return undefined
      throw error
    }
  }

  async function setFinished(tx: Tx, id: GrantId): Promise<void> {
    for (const table of TABLES) {
      await tx
        .updateTable(table)
        .set({ outcome: sql`outcome - 'isUnfinished'` })
        .where(IS_UNFINISHED)
        .where(grantIn, '=', id)
        .execute()
    }
  }

  return {
    async finish(over) {
      const grants = (await listGrants()).values()
      const errors: unknown[] = []
      const finishNext = async (): Promise<void> => {
        for (const id of grants) {
          if (over?.aborted) return
          last = id
          await finishGrant(id).catch((error: unknown) => errors.push(error))
        }
      }
      await Promise.all(Array.from({ length: MOST_AT_ONCE }, finishNext))
      if (errors.length > 0) throw errors[0]
    },

    hook: {
      inTransaction: (tx, { id }) => setFinished(tx, id),
      afterCommit: () => Promise.resolve(),
    },
  }
}
