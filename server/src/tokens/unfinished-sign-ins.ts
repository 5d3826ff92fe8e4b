import { sql } from 'kysely'
import type { Database, Tx } from '../database/index.ts'
import { AppError } from '../kernel/errors.ts'
import type { GrantId } from '../kernel/ids.ts'
import type { PostgresGrantVault } from './postgres-grant-vault.ts'
import type { SignInHooks } from './sign-in-hooks.ts'

/** Part of the outcome of a completed sign-in that `UnfinishedSignIns` reads. */
export interface KeptOutcome {
  grantId: GrantId
  /** Absent once the hooks of the sign-in are done. */
  isUnfinished?: boolean
}

export interface UnfinishedSignIns {
  /** Repeats the hooks of all unfinished sign-ins. Those that fail again are repeated by the next call. */
  finish: () => Promise<void>
}

const TABLES = ['authorizations', 'device_sign_ins'] as const
const MOST_AT_ONCE = 100

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
  const unfinished = sql<boolean>`outcome @> '{"isUnfinished": true}'`
  const grantIn = sql<GrantId>`outcome->>'grantId'`

  async function listGrants(): Promise<GrantId[]> {
    const found = await Promise.all(
      TABLES.map((table) =>
        database.db.selectFrom(table).select(grantIn.as('id')).where(unfinished).limit(MOST_AT_ONCE).execute(),
      ),
    )
    return [...new Set(found.flat().map(({ id }) => id))]
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
        .where(unfinished)
        .where(grantIn, '=', id)
        .execute()
    }
  }

  return {
    async finish() {
      const done = await Promise.allSettled((await listGrants()).map(finishGrant))
      const failed = done.find((one) => one.status === 'rejected')
      if (failed) throw failed.reason
    },
  }
}
