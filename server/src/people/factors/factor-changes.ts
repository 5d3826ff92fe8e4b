import type { Database, Tx } from '../../database/index.ts'
import { AppError } from '../../kernel/errors.ts'
import type { PersonId } from '../../kernel/ids.ts'

/** A change of one's own factors. */
export interface FactorChange {
  id: PersonId
  /** The session of the change, which continues. */
  sessionId: string
  clientAddress: string
}

/** Changes the factors of one person one after the other. Does nothing for a removed person. */
export function changeFactors<T>(database: Database, id: PersonId, work: (tx: Tx) => Promise<T>): Promise<T> {
  return database.transaction(async (tx) => {
    const person = await tx
      .selectFrom('users')
      .select('id')
      .where('id', '=', id)
      .where('removed_at', 'is', null)
      .forUpdate()
      .executeTakeFirst()
    if (!person) throw new AppError('people.not_found')
    return work(tx)
  })
}

/** Returns true for a person with a passkey or an authenticator app. */
export async function hasFactor(source: Database['db'], id: PersonId): Promise<boolean> {
  const app = source
    .selectFrom('authenticator_apps')
    .select('user_id')
    .where('user_id', '=', id)
    .where('in_use_since', 'is not', null)
  const passkeys = source.selectFrom('passkeys').select('user_id').where('user_id', '=', id)
  return (await app.unionAll(passkeys).limit(1).executeTakeFirst()) !== undefined
}

/** Removes every factor of a person beside the password. */
export async function removeFactors(tx: Tx, id: PersonId): Promise<void> {
  for (const table of ['authenticator_apps', 'passkeys', 'recovery_codes'] as const) {
    await tx.deleteFrom(table).where('user_id', '=', id).execute()
  }
}
