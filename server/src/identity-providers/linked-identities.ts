import type { Selectable } from 'kysely'
import type { AuditLog } from '../audit/index.ts'
import type { Database, Schema, Tx } from '../database/index.ts'
import type { Clock } from '../kernel/clock.ts'
import { AppError } from '../kernel/errors.ts'
import { type IdentityProviderId, type LinkedIdentityId, newId, type PersonId } from '../kernel/ids.ts'
import type { PeopleRoom, RequestOrigin } from '../people/index.ts'
import type { IdentityProvider, ProvenIdentity } from './identity-provider.ts'

/** Maximum linked identities of one person. */
const MAX_PER_PERSON = 10

/** A user of a provider who signs in as a person. */
export interface LinkedIdentity {
  id: LinkedIdentityId
  identityProviderId: IdentityProviderId
  /** Only for display. */
  userName: string
  linkedAt: Date
  lastUsedAt: Date | undefined
  /** True if nothing else signs the person in. */
  isOnlyWay: boolean
}

type LinkRow = Selectable<Schema['linked_identities']>

export type AdmittedBy = LinkRow['admitted_by']

export interface LinkedIdentitiesDeps {
  database: Database
  clock: Clock
  audit: AuditLog
  people: Pick<PeopleRoom, 'people' | 'sessions' | 'securityMail'>
}

export type LinkedIdentities = ReturnType<typeof createLinkedIdentities>

export function createLinkedIdentities({ database, clock, audit, people }: LinkedIdentitiesDeps) {
  const { db } = database

  function ofPerson(id: PersonId, source: Pick<Tx, 'selectFrom'> = db) {
    return source.selectFrom('linked_identities').selectAll().where('user_id', '=', id)
  }

  /** Ids of those people to whom no other way to sign in is left. */
  async function withoutOtherWay(tx: Pick<Tx, 'selectFrom'>, ids: readonly PersonId[], except: IdentityProviderId) {
    const withOwn = await people.people.withOwnSignIn(ids)
    const others =
      ids.length === 0
        ? []
        : await tx
            .selectFrom('linked_identities')
            .innerJoin('identity_providers', 'identity_providers.id', 'linked_identities.identity_provider_id')
            .select('user_id')
            .where('user_id', 'in', ids)
            .where('identity_provider_id', '<>', except)
            .where('is_enabled', '=', true)
            .execute()
    const otherIds = new Set<string>(others.map(({ user_id }) => user_id))
    return ids.filter((id) => !withOwn.has(id) && !otherIds.has(id))
  }

  /** True for the last way to sign in. Another link of the person is another way, if its provider is enabled or the same. */
  async function isOnlyWay(
    tx: Pick<Tx, 'selectFrom'>,
    { id, user_id, identity_provider_id: providerId }: LinkRow,
    all: readonly LinkRow[],
  ) {
    const [stranded] = await withoutOtherWay(tx, [user_id as PersonId], providerId)
    return stranded !== undefined && !all.some((one) => one.id !== id && one.identity_provider_id === providerId)
  }

  /** Returns the owner of an identity, who may be a removed person. */
  async function findOwner(
    providerId: IdentityProviderId,
    { subject }: Pick<ProvenIdentity, 'subject'>,
    source: Pick<Tx, 'selectFrom'> = db,
  ) {
    const row = await source
      .selectFrom('linked_identities')
      .selectAll()
      .where('identity_provider_id', '=', providerId)
      .where('subject', '=', subject)
      .executeTakeFirst()
    return row && { id: row.id, personId: row.user_id as PersonId, admittedBy: row.admitted_by }
  }

  async function isMember(id: PersonId): Promise<boolean> {
    const found = await people.people.get(id).catch((error: unknown) => {
      if (error instanceof AppError && error.code === 'people.not_found') return undefined
      throw error
    })
    return found !== undefined
  }

  return {
    withoutOtherWay: (ids: readonly PersonId[], except: IdentityProviderId) => withoutOtherWay(db, ids, except),

    findOwner,

    /** True for a person with a link to an enabled provider. Their links are locked until the end of the transaction. */
    async signsIn(tx: Tx, personId: PersonId): Promise<boolean> {
      const links = await ofPerson(personId, tx).orderBy('id').forUpdate().execute()
      const ids = links.map((link) => link.identity_provider_id)
      if (ids.length === 0) return false
      const enabled = tx
        .selectFrom('identity_providers')
        .select('id')
        .where('id', 'in', ids)
        .where('is_enabled', '=', true)
      return (await enabled.limit(1).executeTakeFirst()) !== undefined
    },

    /**
     * Links an identity to a person, who gets an email if they were in the team before. The link of a removed person moves
     * to the new one. A link that exists stays as it is: a person admitted by a claim can't make that permanent.
     *
     * @throws {AppError} `identity_providers.identity_taken` if it belongs to another person
     */
    async link(tx: Tx, { personId, provider, identity, admittedBy, actor, origin }: NewLink): Promise<void> {
      const { subject, userName } = identity
      const mine = await ofPerson(personId, tx).execute()
      if (mine.some((one) => one.identity_provider_id === provider.id && one.subject === subject)) return
      if (mine.length >= MAX_PER_PERSON) throw new AppError('identity_providers.too_many_links')
      const now = clock.now()
      const row = {
        ...{ identity_provider_id: provider.id, subject, user_id: personId, user_name: userName },
        ...{ admitted_by: admittedBy, linked_at: now, last_used_at: now },
      }
      const owner = await findOwner(provider.id, identity, tx)
      const mayMove = owner === undefined || !(await isMember(owner.personId))
      if (!mayMove) throw new AppError('identity_providers.identity_taken')
      const kept = await tx
        .insertInto('linked_identities')
        .values({ ...row, id: newId<LinkedIdentityId>() })
        .onConflict((conflict) =>
          conflict
            .columns(['identity_provider_id', 'subject'])
            .doUpdateSet(row)
            // Another link of the same moment wins.
            .where('linked_identities.user_id', '=', owner?.personId ?? personId),
        )
        .returning('id')
        .executeTakeFirst()
      if (!kept) throw new AppError('identity_providers.identity_taken')
      const of = { identityProviderId: provider.id, provider: provider.name, userName, by: admittedBy }
      const detail = { ...of, ...auditOrigin(origin) }
      await audit.record(tx, { actor, action: 'identity.linked', subject: personId, detail })
      // Any other link begins the account.
      const news = { kind: 'provider_linked', provider: provider.name, account: userName } as const
      if (admittedBy === 'person') await people.securityMail(tx, personId, news, origin)
    },

    /** Deletes the links of a removed person who joins again: the address may have another holder. */
    async forget(tx: Tx, personId: PersonId): Promise<void> {
      await tx.deleteFrom('linked_identities').where('user_id', '=', personId).execute()
    },

    async touch(id: LinkedIdentityId, { userName }: ProvenIdentity): Promise<void> {
      await db
        .updateTable('linked_identities')
        .set({ last_used_at: clock.now(), user_name: userName })
        .where('id', '=', id)
        .execute()
    },

    /**
     * Locks the link of an identity to a person: an unlink waits for the transaction.
     *
     * @throws {AppError} `identity_providers.unknown_person` if it was removed meanwhile
     */
    async hold(tx: Tx, providerId: IdentityProviderId, { subject }: ProvenIdentity, personId: PersonId): Promise<void> {
      const row = await ofPerson(personId, tx)
        .where('identity_provider_id', '=', providerId)
        .where('subject', '=', subject)
        .forShare()
        .executeTakeFirst()
      if (!row) throw new AppError('identity_providers.unknown_person')
    },

    /** Accounts at a provider with their people, including removed people. */
    async accountsAt(tx: Tx, providerId: IdentityProviderId): Promise<{ personId: PersonId; userName: string }[]> {
      const rows = await tx
        .selectFrom('linked_identities')
        .select(['user_id', 'user_name'])
        .where('identity_provider_id', '=', providerId)
        .orderBy('user_id')
        .orderBy('id')
        .execute()
      return rows.map((row) => ({ personId: row.user_id as PersonId, userName: row.user_name }))
    },

    async list(personId: PersonId): Promise<LinkedIdentity[]> {
      const rows = await ofPerson(personId).orderBy('linked_at').orderBy('id').execute()
      return Promise.all(
        rows.map(async (row) => ({
          ...{ id: row.id, identityProviderId: row.identity_provider_id, userName: row.user_name },
          ...{ linkedAt: row.linked_at, lastUsedAt: row.last_used_at ?? undefined },
          isOnlyWay: await isOnlyWay(db, row, rows),
        })),
      )
    },

    /** Ids of people with a link to a provider. Removed people are included. */
    async ownersOf(providerId: IdentityProviderId, source: Pick<Tx, 'selectFrom'> = db): Promise<PersonId[]> {
      const rows = await source
        .selectFrom('linked_identities')
        .select('user_id')
        .distinct()
        .where('identity_provider_id', '=', providerId)
        .execute()
      return rows.map(({ user_id: id }) => id as PersonId)
    },

    /**
     * Removes a link of a person, ends their other sessions and emails them.
     *
     * @throws {AppError} `identity_providers.last_sign_in` if nothing else signs them in, unless `mayStrand`
     */
    async unlink({ personId, id, actor, origin, exceptSession, mayStrand = false }: EndedLink): Promise<void> {
      await database.transaction(async (tx) => {
        // The order of a removed factor, which looks for links.
        await people.people.lock(tx, personId)
        // Locked, so that two requests can't remove two last links at once.
        const rows = await ofPerson(personId, tx).orderBy('id').forUpdate().execute()
        const row = rows.find((one) => one.id === id)
        if (!row) throw new AppError('identity_providers.not_found')
        if (!mayStrand && (await isOnlyWay(tx, row, rows))) throw new AppError('identity_providers.last_sign_in')
        await tx.deleteFrom('linked_identities').where('id', '=', id).execute()
        const of = { identityProviderId: row.identity_provider_id, userName: row.user_name }
        const detail = { ...of, ...auditOrigin(origin) }
        await audit.record(tx, { actor, action: 'identity.unlinked', subject: personId, detail })
        const { name: provider } = await tx
          .selectFrom('identity_providers')
          .select('name')
          .where('id', '=', row.identity_provider_id)
          .executeTakeFirstOrThrow()
        await people.sessions.endIn(tx, personId, { reason: 'identity-removed', actor }, { except: exceptSession })
        await people.securityMail(tx, personId, { kind: 'provider_unlinked', provider, account: row.user_name }, origin)
      })
    },
  }
}

/** Address and device as in other audit entries; nothing without a browser. */
export function auditOrigin(origin: RequestOrigin | undefined): { address?: string; device?: string } {
  if (origin?.clientAddress === undefined) return {}
  return { address: origin.clientAddress, device: origin.device ?? '' }
}

/** A link to remove. */
export interface EndedLink {
  personId: PersonId
  id: LinkedIdentityId
  actor: string
  origin?: RequestOrigin | undefined
  /** The session in which the person removes it. */
  exceptSession?: string | undefined
  /** True if the person may be left without a way to sign in. */
  mayStrand?: boolean
}

export interface NewLink {
  personId: PersonId
  provider: Pick<IdentityProvider, 'id' | 'name'>
  identity: ProvenIdentity
  admittedBy: AdmittedBy
  actor: string
  origin?: RequestOrigin | undefined
}
