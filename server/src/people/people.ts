import { sql, type Kysely } from 'kysely'
import type { Database, Schema, Tx } from '../database/index.ts'
import type { Clock } from '../kernel/clock.ts'
import { AppError } from '../kernel/errors.ts'
import { newId, type EmailAccountId, type PersonId } from '../kernel/ids.ts'
import type { Audit } from '../audit/index.ts'
import { endWhatTheyMade, type LostRightsHook } from './lost-rights.ts'
import { removeFactors } from './factors/factor-changes.ts'
import type { Person, Role } from './person.ts'
import { withoutProvider, type KeepBreakGlass } from './policy/break-glass.ts'
import type { SessionEnds } from './session-ends.ts'

export interface People {
  get(id: PersonId): Promise<Person>
  list(): Promise<Person[]>
  /** Returns the names of all current and former people, so that a note keeps its author. */
  namesOf(ids: readonly string[]): Promise<ReadonlyMap<string, string>>
  /** Returns ids of current and former people whose name or address contains the text, at most 100. */
  idsByName(text: string): Promise<readonly string[]>
  /**
   * Changes the role of a person and ends their sessions. Refuses to leave the team without an admin. A demoted admin
   * loses their API keys and links, and an auditor all mailboxes.
   */
  changeRole(id: PersonId, role: Role, actor: string): Promise<Person>
  /**
   * Replaces the mailboxes that a supervisor or agent may access.
   *
   * @throws AppError `people.auditor_without_mail`
   */
  setMemberships(id: PersonId, emailAccountIds: readonly EmailAccountId[], actor: string): Promise<Person>
  /**
   * Removes a person: ends sign-in, sessions, memberships, and the API keys and links they created. The name stays on
   * their notes and messages.
   */
  remove(id: PersonId, actor: string): Promise<void>
  /** Adds a person who was admitted by a provider; `store` saves their identity, in the same transaction. */
  admit(newcomer: Newcomer, actor: string, store: (tx: Tx, id: PersonId) => Promise<void>): Promise<Person>
  /** Locks a person until the end of the transaction, as changes of factors do before rows of other rooms. */
  lock(tx: Tx, id: PersonId): Promise<void>
  /** As {@link People.lock}, for several people: admins first, as role changes lock them. */
  lockAll(tx: Tx, ids: readonly PersonId[]): Promise<void>
  /** True for the address of a person, including removed ones. */
  isKnownAddress(email: string): Promise<boolean>
  /** Returns those of the people who can sign in with a password or a passkey. */
  withOwnSignIn(ids: readonly PersonId[]): Promise<ReadonlySet<PersonId>>
  /**
   * Registers a hook, called when a person who isn't an admin loses rights. An error of the hook rolls the change back.
   */
  onRightsLost(hook: LostRightsHook): void
}

/** A person who was admitted by a provider. */
export interface Newcomer {
  email: string
  name: string
  role: Role
  emailAccountIds: readonly EmailAccountId[]
}

export function createPeopleList({
  database,
  clock,
  audit,
  ends,
  keepBreakGlass,
}: {
  database: Database
  clock: Clock
  audit: Audit
  ends: Pick<SessionEnds, 'end'>
  keepBreakGlass: KeepBreakGlass
}): People {
  const { db } = database
  const hooks: LostRightsHook[] = []

  function present(source: typeof db) {
    return source
      .selectFrom('users')
      .leftJoin('memberships', 'memberships.user_id', 'users.id')
      .where('users.removed_at', 'is', null)
      .select(['users.id', 'users.name', 'users.email', 'users.role', 'users.created_at'])
      .select(({ fn }) =>
        fn.agg<(EmailAccountId | null)[]>('array_agg', ['memberships.email_account_id']).as('accounts'),
      )
      .groupBy('users.id')
      .orderBy('users.name')
      .orderBy('users.id')
  }

  async function get(id: PersonId, source: typeof db = db): Promise<Person> {
    const row = await present(source).where('users.id', '=', id).executeTakeFirst()
    if (!row) throw new AppError('people.not_found')
    return toPerson(row)
  }

  async function lose(tx: Tx, id: PersonId, keptAccountIds: readonly EmailAccountId[], actor: string): Promise<void> {
    for (const hook of hooks) await hook(tx, { id, keptAccountIds, actor })
  }

  /**
   * Serializes role changes, so that two admins can't demote each other at the same moment. Refuses the change when no
   * admin would be left.
   */
  async function refuseWithoutAdmin(tx: Tx, leaving: PersonId): Promise<void> {
    const admins = await tx
      .selectFrom('users')
      .select('id')
      .where('role', '=', 'admin')
      .where('removed_at', 'is', null)
      .orderBy('id')
      .forUpdate()
      .execute()
    if (admins.every(({ id }) => id === leaving)) throw new AppError('people.last_admin')
  }

  return {
    get: (id) => get(id),

    async list() {
      return (await present(db).execute()).map(toPerson)
    },

    async namesOf(ids) {
      if (ids.length === 0) return new Map()
      const rows = await db.selectFrom('users').select(['id', 'name']).where('id', 'in', ids).execute()
      return new Map(rows.map(({ id, name }) => [id, name]))
    },

    async idsByName(text) {
      const rows = await db
        .selectFrom('users')
        .select('id')
        .where(sql<boolean>`strpos(lower(name || ' ' || email), lower(${text})) > 0`)
        .orderBy('id')
        .limit(100)
        .execute()
      return rows.map(({ id }) => id)
    },

    changeRole: (id, role, actor) =>
      database.transaction(async (tx) => {
        if (role !== 'admin') await refuseWithoutAdmin(tx, id)
        const before = await get(id, tx)
        await tx.updateTable('users').set({ role, updated_at: clock.now() }).where('id', '=', id).execute()
        await audit.record(tx, {
          actor,
          action: 'person.role_changed',
          subject: id,
          detail: { from: before.role, to: role },
        })
        const emailAccountIds = role === 'auditor' ? [] : before.emailAccountIds
        if (role === 'auditor') await tx.deleteFrom('memberships').where('user_id', '=', id).execute()
        if (role !== before.role) await ends.end(tx, id, { reason: 'role-changed', actor })
        if (role !== 'admin') {
          await keepBreakGlass(tx, id, actor)
          await endWhatTheyMade(tx, id, clock.now())
          await lose(tx, id, emailAccountIds, actor)
        }
        return { ...before, role, emailAccountIds }
      }),

    setMemberships: (id, emailAccountIds, actor) =>
      database.transaction(async (tx) => {
        // Locked, so that a concurrent change to auditor doesn't keep mailboxes.
        await tx.selectFrom('users').select('id').where('id', '=', id).forShare().execute()
        const before = await get(id, tx)
        if (before.role === 'auditor' && emailAccountIds.length > 0) throw new AppError('people.auditor_without_mail')
        await tx.deleteFrom('memberships').where('user_id', '=', id).execute()
        await addMemberships(tx, id, emailAccountIds)
        await audit.record(tx, {
          actor,
          action: 'person.memberships_changed',
          subject: id,
          detail: { from: before.emailAccountIds, to: emailAccountIds },
        })
        const after = await get(id, tx)
        if (after.role !== 'admin') await lose(tx, id, after.emailAccountIds, actor)
        return after
      }),

    remove: (id, actor) =>
      database.transaction(async (tx) => {
        await refuseWithoutAdmin(tx, id)
        const before = await get(id, tx)
        const now = clock.now()
        await tx.updateTable('users').set({ removed_at: now, updated_at: now }).where('id', '=', id).execute()
        await tx.deleteFrom('sign_in_methods').where('user_id', '=', id).execute()
        await removeFactors(tx, id)
        await keepBreakGlass(tx, id, actor)
        await tx.deleteFrom('memberships').where('user_id', '=', id).execute()
        await tx
          .updateTable('person_links')
          .set({ revoked_at: now })
          .where('user_id', '=', id)
          .where('used_at', 'is', null)
          .execute()
        await endWhatTheyMade(tx, id, now)
        await audit.record(tx, { actor, action: 'person.removed', subject: id, detail: { email: before.email } })
        await ends.end(tx, id, { reason: 'removed', actor })
        await lose(tx, id, [], actor)
      }),

    admit: ({ email, name, role, emailAccountIds }, actor, store) =>
      database.creation(async (tx) => {
        const now = clock.now()
        const id = newId<PersonId>()
        const row = { id, name, email, email_verified: false, image: null, role, removed_at: null }
        const added = await tx
          .insertInto('users')
          .values({ ...row, created_at: now, updated_at: now })
          .onConflict((conflict) => conflict.column('email').doNothing())
          .returning('id')
          .executeTakeFirst()
        if (!added) throw new AppError('people.address_taken')
        await addMemberships(tx, id, emailAccountIds)
        await audit.record(tx, { actor, action: 'person.admitted', subject: id, detail: { email, role } })
        await store(tx, id)
        return get(id, tx)
      }),

    async lock(tx, id) {
      await tx.selectFrom('users').select('id').where('id', '=', id).forUpdate().execute()
    },

    async lockAll(tx, ids) {
      if (ids.length === 0) return
      const some = () => tx.selectFrom('users').select('id').where('id', 'in', ids).orderBy('id').forUpdate()
      await some().where('role', '=', 'admin').execute()
      await some().execute()
    },

    async isKnownAddress(email) {
      const row = await db.selectFrom('users').select('id').where('email', '=', email).executeTakeFirst()
      return row !== undefined
    },

    async withOwnSignIn(ids) {
      if (ids.length === 0) return new Set()
      const [passwords, passkeys] = await Promise.all([
        db
          .selectFrom('sign_in_methods')
          .select('user_id')
          .where('provider_id', '=', 'credential')
          .where('user_id', 'in', ids)
          .execute(),
        db.selectFrom('passkeys').select('user_id').where('user_id', 'in', ids).execute(),
      ])
      return withoutProvider(db, new Set([...passwords, ...passkeys].map(({ user_id: id }) => id as PersonId)))
    },

    onRightsLost(hook) {
      hooks.push(hook)
    },
  }
}

/** Adds memberships of existing mailboxes. Mailboxes that were deleted meanwhile are left out. */
export async function addMemberships(tx: Tx, id: PersonId, emailAccountIds: readonly EmailAccountId[]): Promise<void> {
  if (emailAccountIds.length === 0) return
  const known = await tx.selectFrom('email_accounts').select('id').where('id', 'in', emailAccountIds).execute()
  if (known.length === 0) return
  await tx
    .insertInto('memberships')
    .values(known.map((account) => ({ user_id: id, email_account_id: account.id })))
    .onConflict((conflict) => conflict.doNothing())
    .execute()
}

/**
 * Adds people to the members of a mailbox, except removed ones and auditors.
 *
 * @returns the people who are members now
 */
export async function addMembers(
  tx: Tx,
  ids: readonly PersonId[],
  emailAccountId: EmailAccountId,
): Promise<PersonId[]> {
  // Locked, so that a concurrent change to auditor doesn't keep the mailbox.
  const people = await tx
    .selectFrom('users')
    .select('id')
    .where('id', 'in', ids)
    .where('removed_at', 'is', null)
    .where('role', '<>', 'auditor')
    .orderBy('id')
    .forShare()
    .execute()
  for (const { id } of people) await addMemberships(tx, id as PersonId, [emailAccountId])
  return people.map(({ id }) => id as PersonId)
}

function toPerson(row: {
  id: string
  name: string
  email: string
  role: Role
  created_at: Date
  accounts: (EmailAccountId | null)[]
}): Person {
  return {
    id: row.id as PersonId,
    name: row.name,
    email: row.email,
    role: row.role,
    emailAccountIds: row.accounts.filter((id) => id !== null),
    createdAt: row.created_at,
  }
}

/** Email addresses of all admins, in alphabetical order. */
export async function adminAddresses(db: Kysely<Schema>): Promise<string[]> {
  const rows = await db
    .selectFrom('users')
    .select('email')
    .where('role', '=', 'admin')
    .where('removed_at', 'is', null)
    .orderBy('email')
    .execute()
  return rows.map(({ email }) => email)
}

/** Returns the id of a person by address, and the stored hash of their password: null without a password. */
export async function passwordOf(
  db: Kysely<Schema>,
  email: string,
): Promise<{ id: PersonId; hash: string | null } | undefined> {
  const row = await db
    .selectFrom('users')
    .leftJoin('sign_in_methods', (join) =>
      join.onRef('sign_in_methods.user_id', '=', 'users.id').on('sign_in_methods.provider_id', '=', 'credential'),
    )
    .where('users.email', '=', email.toLowerCase())
    .where('users.removed_at', 'is', null)
    .select(['users.id', 'sign_in_methods.password'])
    .executeTakeFirst()
  return row && { id: row.id as PersonId, hash: row.password }
}

/** @throws {AppError} `people.wrong_password` when the stored hash of a person's password is another one meanwhile */
export async function requirePassword(tx: Tx, id: PersonId, hash: string): Promise<void> {
  const row = await tx
    .selectFrom('sign_in_methods')
    .select('id')
    .where('user_id', '=', id)
    .where('provider_id', '=', 'credential')
    .where('password', '=', hash)
    .executeTakeFirst()
  if (!row) throw new AppError('people.wrong_password')
}

/** Addresses of the members of the team, in lower case. */
export async function memberAddresses(db: Kysely<Schema>): Promise<string[]> {
  const rows = await db.selectFrom('users').select('email').where('removed_at', 'is', null).execute()
  return rows.map(({ email }) => email.toLowerCase())
}
