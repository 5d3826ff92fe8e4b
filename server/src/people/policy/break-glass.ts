import { sql, type Kysely } from 'kysely'
import type { Schema, Tx } from '../../database/index.ts'
import { AppError } from '../../kernel/errors.ts'
import type { PersonId } from '../../kernel/ids.ts'
import { hasTwoFactors, isBreakGlass } from './missing-factor.ts'

/**
 * Waits for sign-ins and changes in progress. Sign-ins read the row `FOR SHARE`, which locks the table, also without a row.
 * Rows of people are locked before.
 */
export async function lockPolicy(tx: Tx): Promise<void> {
  await sql`LOCK TABLE sign_in_policy IN EXCLUSIVE MODE`.execute(tx)
}

export async function isOnlyByProvider(source: Kysely<Schema>): Promise<boolean> {
  const row = await source.selectFrom('sign_in_policy').select('only_by_provider').executeTakeFirst()
  return row?.only_by_provider ?? false
}

/** Returns the break-glass admins who can sign in: present admins with two factors. */
export async function usableBreakGlass(source: Kysely<Schema>): Promise<PersonId[]> {
  const rows = await source
    .selectFrom('users')
    .select('id')
    .where('role', '=', 'admin')
    .where('removed_at', 'is', null)
    .where(isBreakGlass)
    .where(hasTwoFactors)
    .execute()
  return rows.map(({ id }) => id as PersonId)
}

/**
 * Called in the transaction in which a break-glass admin has lost a factor or their role.
 *
 * @throws {AppError} `people.last_break_glass` if no one could sign in without a provider any more
 */
export async function keepBreakGlass(tx: Tx, id: PersonId): Promise<void> {
  const isNamed = await tx
    .selectFrom('break_glass_admins')
    .select('user_id')
    .where('user_id', '=', id)
    .executeTakeFirst()
  if (!isNamed) return
  await lockPolicy(tx)
  if (!(await isOnlyByProvider(tx))) return
  if ((await usableBreakGlass(tx)).length === 0) throw new AppError('people.last_break_glass')
}

/** Returns those of the people whose sign-ins without a provider are accepted. */
export async function withoutProvider(
  source: Kysely<Schema>,
  ids: ReadonlySet<PersonId>,
): Promise<ReadonlySet<PersonId>> {
  if (!(await isOnlyByProvider(source))) return ids
  return new Set((await usableBreakGlass(source)).filter((id) => ids.has(id)))
}

/** Ends the exception for a person who is no admin any more. */
export async function endBreakGlass(tx: Tx, id: PersonId): Promise<void> {
  await keepBreakGlass(tx, id)
  await tx.deleteFrom('break_glass_admins').where('user_id', '=', id).execute()
}
