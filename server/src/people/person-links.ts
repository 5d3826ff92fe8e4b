import { createHash, randomBytes } from 'node:crypto'
import type { Selectable } from 'kysely'
import type { Database, Schema, Tx } from '../database/index.ts'
import type { Clock } from '../kernel/clock.ts'
import { clientSite } from '../kernel/client-network.ts'
import { AppError } from '../kernel/errors.ts'
import { newId, type EmailAccountId, type PersonId, type PersonLinkId } from '../kernel/ids.ts'
import { Secret } from '../kernel/secret.ts'
import { refuseLength, refuseWeakPassword } from './password-rules.ts'
import type { Audit, AuditAction } from '../audit/index.ts'
import { isMadeByFormerAdmin } from './lost-rights.ts'
import { mailOrigin, originOf } from './devices.ts'
import type { PasswordQueue } from './password-queue.ts'
import { addMemberships } from './people.ts'
import type { Person, Role } from './person.ts'
import type { PolicyGate } from './policy/policy-gate.ts'
import type { SecurityMail } from './security-mail.ts'
import type { SessionEnds } from './session-ends.ts'
import type { SignInClient } from './session.ts'

export type LinkKind = 'first-admin' | 'invitation' | 'reset'

/** Displayable fields of a link. The URL is returned only on creation. */
export interface PersonLink {
  id: PersonLinkId
  kind: LinkKind
  email: string | undefined
  name: string | undefined
  role: Role
  createdAt: Date
  expiresAt: Date
}

export interface CreatedLink extends PersonLink {
  /** Link to copy to the person: anyone who has it can use it, once. Only its hash is stored. */
  url: Secret
}

export interface PersonLinks {
  /** Creates a link for the first admin, as long as there is no admin. An earlier link becomes invalid. */
  firstAdmin(): Promise<CreatedLink | undefined>
  /**
   * Creates a link for a new person. An earlier link for the same address becomes invalid.
   *
   * @throws AppError `people.address_taken`, `people.auditor_without_mail`
   */
  invite(
    input: { email: string; name: string; role: Role; emailAccountIds: readonly EmailAccountId[] },
    actor: string,
  ): Promise<CreatedLink>
  /**
   * Creates a link to choose a new password, and ends the sessions of the person, except one. The old password stays
   * valid until the link is used.
   *
   * @throws {AppError} `people.password_link_useless` if a password can't sign the person in
   */
  reset(id: PersonId, actor: string, options?: { exceptSession?: string | undefined }): Promise<CreatedLink>
  /** Returns unused invitations. */
  listOpen(): Promise<PersonLink[]>
  revoke(id: PersonLinkId, actor: string): Promise<void>

  /** Returns the purpose of a link for its page. Throws when it is used, expired or unknown. */
  look(token: Secret): Promise<PersonLink>
  /** Uses the link: the person then exists with this password, and all their older sessions have ended. */
  accept(token: Secret, input: Acceptance): Promise<Pick<Person, 'id' | 'email'>>
  /**
   * Uses an invitation by its {@link linkHash}, without a password: `store` saves how the person signs in, in the same
   * transaction.
   */
  acceptByIdentity(
    tokenHash: Buffer,
    store: StoreIdentity,
    origin?: Partial<ReturnType<typeof originOf>>,
  ): Promise<Pick<Person, 'id' | 'email'>>
  /**
   * Registers a hook, called in the transaction in which a removed person joins again. The invitation may be for another
   * holder of the address, so nothing that signed the removed person in may be kept.
   */
  onRejoined(hook: RejoinedHook): void
}

export type RejoinedHook = (tx: Tx, id: PersonId) => Promise<void>

export interface Acceptance {
  password: Secret
  email?: string | undefined
  name?: string | undefined
  /** Browser in which the link is used. Waiting requests are limited by its network. */
  client?: SignInClient | undefined
}

/** Saves the identity of a person who uses a link. `actor` is the link. */
export type StoreIdentity = (tx: Tx, id: PersonId, actor: string) => Promise<void>

export interface PersonLinksDeps {
  database: Database
  clock: Clock
  audit: Audit
  publicUrl: URL
  passwordQueue: Pick<PasswordQueue, 'run'>
  ends: Pick<SessionEnds, 'end'>
  securityMail: SecurityMail
  gate: Pick<PolicyGate, 'refuseLink' | 'holdLink' | 'holdPassword'>
  hashPassword: (password: Secret) => Promise<string>
}

const LIFETIME_MS = 24 * 60 * 60 * 1000

export function createPersonLinks(deps: PersonLinksDeps): PersonLinks {
  const { database, clock, audit, publicUrl, passwordQueue, ends, securityMail, gate, hashPassword } = deps
  const { db } = database
  const rejoinedHooks: RejoinedHook[] = []

  type NewLink = Pick<
    Selectable<Schema['person_links']>,
    'kind' | 'email' | 'name' | 'role' | 'user_id' | 'created_by'
  > & {
    email_account_ids: readonly EmailAccountId[]
  }

  async function add(tx: Tx, link: NewLink): Promise<CreatedLink> {
    const token = randomBytes(32).toString('base64url')
    const now = clock.now()
    const row = await tx
      .insertInto('person_links')
      .values({
        ...link,
        email_account_ids: [...link.email_account_ids],
        id: newId<PersonLinkId>(),
        token_hash: hashOf(token),
        created_at: now,
        expires_at: new Date(now.getTime() + LIFETIME_MS),
      })
      .returningAll()
      .executeTakeFirstOrThrow()
    // The token is in the fragment, which is neither sent to a server nor logged by a proxy (RFC 3986 §3.5).
    return { ...toLink(row), url: new Secret(new URL(`/join#${token}`, publicUrl).href) }
  }

  function open(source: typeof db) {
    return source
      .selectFrom('person_links')
      .selectAll()
      .where('used_at', 'is', null)
      .where('revoked_at', 'is', null)
      .where('expires_at', '>', clock.now())
  }

  function end(tx: Tx) {
    return tx
      .updateTable('person_links')
      .set({ revoked_at: clock.now() })
      .where('used_at', 'is', null)
      .where('revoked_at', 'is', null)
  }

  async function isTaken(tx: Tx, email: string): Promise<boolean> {
    const user = await tx
      .selectFrom('users')
      .select('id')
      .where('email', '=', email)
      .where('removed_at', 'is', null)
      .executeTakeFirst()
    return user !== undefined
  }

  async function hasAdmin(source: typeof db): Promise<boolean> {
    const admin = await source
      .selectFrom('users')
      .select('id')
      .where('role', '=', 'admin')
      .where('removed_at', 'is', null)
      .executeTakeFirst()
    return admin !== undefined
  }

  /** Creates a person, or restores a removed one. */
  async function join(tx: Tx, person: { email: string; name: string; role: Role }): Promise<PersonId> {
    const now = clock.now()
    const newcomer = newId<PersonId>()
    const row = await tx
      .insertInto('users')
      .values({
        ...person,
        id: newcomer,
        // The address wasn't verified, and no feature depends on it.
        email_verified: false,
        image: null,
        removed_at: null,
        created_at: now,
        updated_at: now,
      })
      .onConflict((conflict) =>
        conflict
          .column('email')
          .doUpdateSet({ name: person.name, role: person.role, removed_at: null, updated_at: now })
          .where('users.removed_at', 'is not', null),
      )
      .returning('id')
      .executeTakeFirst()
    if (!row) throw new AppError('people.address_taken')
    const id = row.id as PersonId
    if (id !== newcomer) for (const hook of rejoinedHooks) await hook(tx, id)
    return id
  }

  async function setPassword(tx: Tx, id: PersonId, hash: string): Promise<void> {
    const now = clock.now()
    await tx.deleteFrom('sign_in_methods').where('user_id', '=', id).where('provider_id', '=', 'credential').execute()
    await tx
      .insertInto('sign_in_methods')
      .values({
        id: newId(),
        user_id: id,
        provider_id: 'credential',
        account_id: id,
        password: hash,
        created_at: now,
        updated_at: now,
      })
      .execute()
  }

  /** Claims a link: a concurrent second request finds it used. */
  async function claim(tx: Tx, tokenHash: Buffer): Promise<Selectable<Schema['person_links']>> {
    const link = await open(tx).where('token_hash', '=', tokenHash).forUpdate().executeTakeFirst()
    if (!link) throw new AppError('people.link_ended')
    if (await isMadeByFormerAdmin(tx, link.created_by)) throw new AppError('people.link_ended')
    await tx.updateTable('person_links').set({ used_at: clock.now() }).where('id', '=', link.id).execute()
    return link
  }

  return {
    firstAdmin: () =>
      database.transaction(async (tx) => {
        if (await hasAdmin(tx)) return undefined
        await end(tx).where('kind', '=', 'first-admin').execute()
        return add(tx, {
          kind: 'first-admin',
          email: null,
          name: null,
          role: 'admin',
          email_account_ids: [],
          user_id: null,
          created_by: 'postkey',
        })
      }),

    invite: ({ email, name, role, emailAccountIds }, actor) =>
      database.creation(async (tx) => {
        if (role === 'auditor' && emailAccountIds.length > 0) throw new AppError('people.auditor_without_mail')
        const address = email.toLowerCase()
        if (await isTaken(tx, address)) throw new AppError('people.address_taken')
        await end(tx).where('kind', '=', 'invitation').where('email', '=', address).execute()
        const link = await add(tx, {
          kind: 'invitation',
          email: address,
          name,
          role,
          email_account_ids: emailAccountIds,
          user_id: null,
          created_by: actor,
        })
        await audit.record(tx, {
          actor,
          action: 'person.invited',
          subject: link.id,
          detail: { email: address, role, emailAccountIds },
        })
        return link
      }),

    reset: (id, actor, { exceptSession } = {}) =>
      database.creation(async (tx) => {
        const user = await tx
          .selectFrom('users')
          .selectAll()
          .where('id', '=', id)
          .where('removed_at', 'is', null)
          .forUpdate()
          .executeTakeFirst()
        if (!user) throw new AppError('people.not_found')
        if (!(await gate.holdPassword(tx, id))) throw new AppError('people.password_link_useless')
        await end(tx).where('kind', '=', 'reset').where('user_id', '=', id).execute()
        const { email, name, role } = user
        const link = await add(tx, {
          kind: 'reset',
          email,
          name,
          role,
          email_account_ids: [],
          user_id: id,
          created_by: actor,
        })
        await audit.record(tx, { actor, action: 'person.reset_link_created', subject: id })
        await ends.end(tx, id, { reason: 'reset-link', actor }, { except: exceptSession })
        return link
      }),

    async listOpen() {
      const rows = await open(db).where('kind', '=', 'invitation').orderBy('created_at', 'desc').execute()
      return rows.map(toLink)
    },

    revoke: (id, actor) =>
      database.transaction(async (tx) => {
        const ended = await end(tx).where('id', '=', id).returning('email').executeTakeFirst()
        if (!ended) throw new AppError('people.not_found')
        await audit.record(tx, { actor, action: 'person.link_revoked', subject: id, detail: { email: ended.email } })
      }),

    async look(token) {
      const row = await open(db).where('token_hash', '=', hashOf(token.reveal())).executeTakeFirst()
      if (!row) throw new AppError('people.link_ended')
      return toLink(row)
    },

    async accept(token, input) {
      refuseLength(input.password)
      const token_hash = hashOf(token.reveal())
      // A refused request takes no connection of the database: the token is looked up in the queue.
      const hash = await passwordQueue.run(
        async () => {
          // Hashing is slow by design: an unknown token must not trigger it.
          const link = await open(db).where('token_hash', '=', token_hash).executeTakeFirst()
          if (!link) throw new AppError('people.link_ended')
          await gate.refuseLink({ kind: link.kind, personId: personOf(link) })
          await refuseWeakPassword(input.password, { email: link.email ?? input.email, name: input.name ?? link.name })
          return hashPassword(input.password)
        },
        { name: 'links', client: input.client && clientSite(input.client.clientAddress) },
      )

      return database.transaction(async (tx) => {
        const link = await claim(tx, token_hash)
        if (link.kind === 'first-admin' && (await hasAdmin(tx))) throw new AppError('people.link_ended')

        const email = (link.email ?? input.email)?.toLowerCase()
        const name = input.name ?? link.name
        if (email === undefined || name === null) throw new AppError('people.name_missing')
        const member = personOf(link)
        // In the order of a change of the policy, which locks people before.
        if (member) await tx.selectFrom('users').select('id').where('id', '=', member).forUpdate().execute()
        const id = member ?? (await join(tx, { email, name, role: link.role }))
        await gate.holdLink(tx, { kind: link.kind, personId: member })
        await setPassword(tx, id, hash)
        await addMemberships(tx, id, link.email_account_ids)
        const actor = `link:${link.id}`
        const { client } = input
        const origin = client && originOf(client)
        await audit.record(tx, {
          ...{ actor, action: ACCEPTED[link.kind], subject: id },
          detail: { email, ...origin },
        })
        await ends.end(tx, id, { reason: 'password-reset', actor })
        if (link.kind === 'reset') await securityMail(tx, id, { kind: 'password_reset' }, client && mailOrigin(client))
        return { id, email }
      })
    },

    acceptByIdentity: (tokenHash, store, origin) =>
      database.transaction(async (tx) => {
        const { id: linkId, kind, email, name, role, email_account_ids: accounts } = await claim(tx, tokenHash)
        if (kind !== 'invitation' || email === null || name === null) throw new AppError('people.link_ended')
        const id = await join(tx, { email, name, role })
        await addMemberships(tx, id, accounts)
        const actor = `link:${linkId}`
        await audit.record(tx, { actor, action: 'person.joined', subject: id, detail: { email, ...origin } })
        await store(tx, id, actor)
        return { id, email }
      }),

    onRejoined: (hook) => void rejoinedHooks.push(hook),
  }
}

const ACCEPTED = {
  'first-admin': 'person.first_admin_joined',
  invitation: 'person.joined',
  reset: 'person.password_reset',
} as const satisfies Record<LinkKind, AuditAction>

/** Hash of a link's token, which can be stored until the person returns from a provider. */
export function linkHash(token: Secret): Buffer {
  return hashOf(token.reveal())
}

/** Hashes a key. It has 256 random bits and can't be guessed, so neither salt nor slow hash is needed. */
function hashOf(token: string): Buffer {
  return createHash('sha256').update(token).digest()
}

/** The person of a link for a new password. */
function personOf({ user_id: id }: Pick<Selectable<Schema['person_links']>, 'user_id'>): PersonId | undefined {
  return (id as PersonId | null) ?? undefined
}

function toLink(row: Selectable<Schema['person_links']>): PersonLink {
  return {
    id: row.id,
    kind: row.kind,
    email: row.email ?? undefined,
    name: row.name ?? undefined,
    role: row.role,
    createdAt: row.created_at,
    expiresAt: row.expires_at,
  }
}
