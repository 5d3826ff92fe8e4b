import { sql, type Kysely } from 'kysely'
import type { Audit } from '../../audit/index.ts'
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
 * Returns the break-glass admins with two factors. If none has them, as after the restoration of an old backup, returns all
 * of them: their sessions can only add a factor.
 */
export async function exemptPeople(source: Kysely<Schema>): Promise<PersonId[]> {
  const usable = await usableBreakGlass(source)
  if (usable.length > 0) return usable
  const named = await source.selectFrom('break_glass_admins').select('user_id').execute()
  return named.map(({ user_id: id }) => id as PersonId)
}

async function isNamed(source: Kysely<Schema>, id: PersonId): Promise<boolean> {
  const row = await source
    .selectFrom('break_glass_admins')
    .select('user_id')
    .where('user_id', '=', id)
    .executeTakeFirst()
  return row !== undefined
}

/** Emails all admins that an admin is no longer a break-glass admin, in the transaction of the cause. */
export type BreakGlassEndMail = (tx: Tx, id: PersonId, actor: string) => Promise<void>

/**
 * Called in the transaction in which a person has lost a factor or their role. Someone who can't sign in by two factors any
 * more is no break-glass admin: a password alone must not be an exception. All admins get an email.
 *
 * @throws {AppError} `people.last_break_glass` if no one could sign in without a provider any more
 */
export type KeepBreakGlass = (tx: Tx, id: PersonId, actor: string) => Promise<void>

export function createKeepBreakGlass(audit: Audit, mail: BreakGlassEndMail): KeepBreakGlass {
  return async (tx, id, actor) => {
    if (!(await isNamed(tx, id))) return
    await lockPolicy(tx)
    const usable = await usableBreakGlass(tx)
    if (usable.includes(id)) return
    if (usable.length === 0 && (await isOnlyByProvider(tx))) throw new AppError('people.last_break_glass')
    await tx.deleteFrom('break_glass_admins').where('user_id', '=', id).execute()
    await audit.record(tx, { actor, action: 'break_glass.ended', subject: id })
    await mail(tx, id, actor)
  }
}

/** Returns those of the people whose sign-ins without a provider are accepted. */
export async function withoutProvider(
  source: Kysely<Schema>,
  ids: ReadonlySet<PersonId>,
): Promise<ReadonlySet<PersonId>> {
  if (!(await isOnlyByProvider(source))) return ids
  return new Set((await exemptPeople(source)).filter((id) => ids.has(id)))
}
