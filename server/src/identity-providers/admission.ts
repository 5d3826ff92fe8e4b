/**
 * Admission of users without a linked identity. An address never leads to an existing person: members link the
 * identity while they are signed in, and removed people need a new invitation.
 */
import type { AuditLog } from '../audit/index.ts'
import type { Database } from '../database/index.ts'
import type { Clock } from '../kernel/clock.ts'
import { AppError } from '../kernel/errors.ts'
import {
  type AdmissionRequestId,
  type EmailAccountId,
  type IdentityProviderId,
  newId,
  type PersonId,
} from '../kernel/ids.ts'
import type { PeopleRoom, Person, RequestOrigin, Role } from '../people/index.ts'
import type { IdentityProvider, ProvenIdentity } from './identity-provider.ts'
import type { LinkedIdentities } from './linked-identities.ts'

/** Maximum open requests of one provider: a domain may have more users than the team wants. */
const MAX_REQUESTS = 200

/** A user of an admitted domain who waits for an admin. */
export interface AdmissionRequest {
  id: AdmissionRequestId
  identityProviderId: IdentityProviderId
  email: string
  name: string
  createdAt: Date
}

export interface AdmissionDeps {
  database: Database
  clock: Clock
  audit: AuditLog
  people: Pick<PeopleRoom, 'people' | 'sessions'>
  linkedIdentities: LinkedIdentities
}

export type Admission = ReturnType<typeof createAdmission>

export function createAdmission({ database, clock, audit, people, linkedIdentities }: AdmissionDeps) {
  const { db } = database
  const actorOf = ({ id }: Pick<IdentityProvider, 'id'>) => `identity-provider:${id}`

  async function request(provider: IdentityProvider, identity: ProvenIdentity, email: string): Promise<void> {
    const { count } = await db
      .selectFrom('admission_requests')
      .select(({ fn }) => fn.countAll<string>().as('count'))
      .where('identity_provider_id', '=', provider.id)
      .where('subject', '<>', identity.subject)
      .executeTakeFirstOrThrow()
    if (Number(count) >= MAX_REQUESTS) throw new AppError('identity_providers.unknown_person')
    const { subject, displayName: name } = identity
    await db
      .insertInto('admission_requests')
      .values({
        ...{ id: newId<AdmissionRequestId>(), identity_provider_id: provider.id },
        ...{ subject, email, name, created_at: clock.now() },
      })
      .onConflict((conflict) => conflict.columns(['identity_provider_id', 'subject']).doUpdateSet({ email, name }))
      .execute()
  }

  async function changeRole(provider: IdentityProvider, { id, role: before }: Person, role: Role): Promise<void> {
    if (role === before) return
    await people.people.changeRole(id, role, actorOf(provider)).catch((error: unknown) => {
      // The last admin stays one, whatever the provider says, and the last break-glass admin too.
      const kept: readonly string[] = ['people.last_admin', 'people.last_break_glass']
      if (!(error instanceof AppError && kept.includes(error.code))) throw error
    })
  }

  return {
    /**
     * Admits a user by the rules of the provider, and returns the new person.
     *
     * @throws {AppError} `identity_providers.unknown_person`, `.email_unverified`, `.awaiting_approval`, `.not_linked`
     */
    async admit(provider: IdentityProvider, identity: ProvenIdentity, origin?: RequestOrigin): Promise<PersonId> {
      const { admission } = provider
      if (admission.kind === 'invited') throw new AppError('identity_providers.unknown_person')
      if (admission.kind === 'claim' && identity.role === undefined) {
        throw new AppError('identity_providers.unknown_person')
      }
      const email = admission.kind === 'claim' ? contactOf(provider, identity) : identity.verifiedEmail
      if (email === undefined) throw new AppError('identity_providers.email_unverified')
      if (await people.people.isKnownAddress(email)) throw new AppError('identity_providers.not_linked')
      if (admission.kind === 'claim') {
        const newcomer = { email, name: identity.displayName, role: identity.role!, emailAccountIds: [] }
        const actor = actorOf(provider)
        const link = { provider, identity, admittedBy: 'claim' as const, actor, origin }
        const { id } = await people.people.admit(newcomer, actor, (tx, personId) =>
          linkedIdentities.link(tx, { ...link, personId }),
        )
        return id
      }
      const domain = email.slice(email.lastIndexOf('@') + 1)
      if (!admission.domains.includes(domain)) throw new AppError('identity_providers.unknown_person')
      await request(provider, identity, email)
      throw new AppError('identity_providers.awaiting_approval')
    },

    /**
     * Applies a changed claim at a later sign-in: another role, or none any more, which ends all sessions. Supervisors and
     * auditors keep the role that an admin gave them.
     */
    async follow(provider: IdentityProvider, { role }: ProvenIdentity, personId: PersonId): Promise<void> {
      if (provider.admission.kind !== 'claim') return
      const before = await people.people.get(personId)
      const isByHand = before.role === 'supervisor' || before.role === 'auditor'
      // An admin without the claim loses what only admins have, such as API keys.
      if (!isByHand) await changeRole(provider, before, role ?? 'agent')
      if (role !== undefined) return
      const by = { reason: 'claim-lost', actor: actorOf(provider) } as const
      await database.transaction((tx) => people.sessions.endIn(tx, personId, by))
      throw new AppError('identity_providers.unknown_person')
    },

    async list(): Promise<AdmissionRequest[]> {
      const rows = await db.selectFrom('admission_requests').selectAll().orderBy('created_at').orderBy('id').execute()
      return rows.map(({ id, identity_provider_id: identityProviderId, email, name, created_at: createdAt }) => ({
        ...{ id, identityProviderId, email, name, createdAt },
      }))
    },

    /** Makes the user of a request a person of the team, who then signs in. */
    async approve(
      id: AdmissionRequestId,
      chosen: { role: Role; emailAccountIds: readonly EmailAccountId[] },
      by: { actor: string; providerOf: (id: IdentityProviderId) => Promise<IdentityProvider> },
    ): Promise<Person> {
      const row = await db.selectFrom('admission_requests').selectAll().where('id', '=', id).executeTakeFirst()
      if (!row) throw new AppError('identity_providers.not_found')
      const provider = await by.providerOf(row.identity_provider_id)
      const { subject, email, name } = row
      const identity = { subject, userName: email, displayName: name } as ProvenIdentity
      return people.people.admit({ email, name, ...chosen }, by.actor, async (tx, personId) => {
        const { numDeletedRows } = await tx.deleteFrom('admission_requests').where('id', '=', id).executeTakeFirst()
        if (numDeletedRows === 0n) throw new AppError('identity_providers.not_found')
        const link = { personId, provider, identity, admittedBy: 'domain' as const, actor: by.actor }
        await linkedIdentities.link(tx, link)
      })
    },

    async refuse(id: AdmissionRequestId, actor: string): Promise<void> {
      await database.transaction(async (tx) => {
        const row = await tx.deleteFrom('admission_requests').where('id', '=', id).returning('email').executeTakeFirst()
        if (!row) throw new AppError('identity_providers.not_found')
        await audit.record(tx, { actor, action: 'admission_request.refused', subject: id, detail: row })
      })
    },
  }
}

const ADDRESS = /^[^\s@]{1,64}@[^\s@]{1,255}$/

/** The address for alerts. A tenant assigns user names itself; other providers must have verified theirs. */
function contactOf({ kind }: IdentityProvider, { verifiedEmail, userName }: ProvenIdentity): string | undefined {
  if (verifiedEmail !== undefined || kind === 'openid') return verifiedEmail
  return ADDRESS.test(userName) ? userName.toLowerCase() : undefined
}
