import type { CloudProviders, Clouds } from '../cloud-providers/index.ts'
import type { Database, Tx } from '../database/index.ts'
import type { Clock } from '../kernel/clock.ts'
import type { Egress } from '../kernel/egress.ts'
import type { IdentityProviderId, PersonId } from '../kernel/ids.ts'
import type { KeyRing } from '../kernel/key-ring.ts'
import type { PeopleRoom } from '../people/index.ts'
import { createAdmission, type Admission } from './admission.ts'
import type { IdentityProvider, IdentityProviderChanges, NewIdentityProvider } from './identity-provider.ts'
import { createLinkedIdentities, type LinkedIdentities } from './linked-identities.ts'
import { createOpenIdRequests } from './openid-requests.ts'
import { createOpenIdSignIns, type OpenIdSignIns } from './openid-sign-ins.ts'
import { createOpenIdStates } from './openid-states.ts'
import { createProviderRecords } from './provider-records.ts'
import { providerFacts } from './provider-facts.ts'

export interface IdentityProviders {
  list(): Promise<IdentityProvider[]>
  get(id: IdentityProviderId): Promise<IdentityProvider>
  /** Creates a disabled provider. */
  create(input: NewIdentityProvider, actor: string): Promise<IdentityProvider>
  /**
   * Enabling fetches the metadata of the provider first, so that no button leads nowhere. Disabling ends the sessions that
   * it has opened.
   */
  change(id: IdentityProviderId, changes: IdentityProviderChanges, by: ProviderActor): Promise<IdentityProvider>
  /** People who sign in by it, and those of them to whom no other way is left. */
  dependents(id: IdentityProviderId): Promise<{ people: PersonId[]; stranded: PersonId[] }>
  /** Removes a provider with its links, and ends sessions as disabling does. */
  remove(id: IdentityProviderId, by: ProviderActor): Promise<void>
  /** Fetches the metadata of the provider, and checks that the client has a credential. */
  test(id: IdentityProviderId): Promise<{ issuer: string; authorizationEndpoint: string; sendsIssuer: boolean }>
}

/** Origin of a change, with the session of the person, which continues. */
export interface ProviderActor {
  actor: string
  sessionId?: string | undefined
}

export interface IdentityProvidersRoom {
  identityProviders: IdentityProviders
  openIdSignIns: OpenIdSignIns
  linkedIdentities: Pick<LinkedIdentities, 'list' | 'unlink'>
  admission: Pick<Admission, 'list' | 'approve' | 'refuse'>
}

export interface IdentityProvidersDeps {
  database: Database
  clock: Clock
  keyRing: KeyRing
  egress: Pick<Egress, 'fetch'>
  people: PeopleRoom
  cloudProviders: CloudProviders
  clouds: Clouds
  publicUrl: URL
}

export function createIdentityProviders(deps: IdentityProvidersDeps): IdentityProvidersRoom {
  const { database, clock, keyRing, people } = deps
  const { audit } = people
  const records = createProviderRecords({ ...deps, audit, policy: people.signInPolicy })
  const requests = createOpenIdRequests(deps.egress, clock)
  const linkedIdentities = createLinkedIdentities({ database, clock, audit, people })
  people.factors.alsoSignsIn((tx, id) => linkedIdentities.signsIn(tx, id))
  people.signInPolicy.useProviders(providerFacts)
  people.links.onRejoined((tx, id) => linkedIdentities.forget(tx, id))
  const admission = createAdmission({ database, clock, audit, people, linkedIdentities })
  const pending = createOpenIdStates(database, keyRing, clock)

  async function test(id: IdentityProviderId) {
    const client = await records.clientOf(await records.get(id))
    const metadata = await requests.discover(client)
    return {
      issuer: metadata.issuer,
      authorizationEndpoint: metadata.authorization_endpoint!,
      sendsIssuer: metadata.authorization_response_iss_parameter_supported === true,
    }
  }

  /**
   * Ends the sessions that a provider has opened, also those of people who have removed their link. Locks people before the provider, as sign-ins do,
   * which then find it disabled. Returns the number of linked people.
   */
  async function endSessions(
    tx: Tx,
    { id }: Pick<IdentityProvider, 'id'>,
    reason: 'provider-disabled' | 'provider-removed',
    { actor, sessionId: except }: ProviderActor,
  ): Promise<number> {
    const read = async () => {
      const owners = await linkedIdentities.ownersOf(id, tx)
      return { owners, concerned: new Set([...owners, ...(await people.sessions.peopleOfProvider(tx, id))]) }
    }
    await people.people.lockAll(tx, [...(await read()).concerned])
    await records.lock(tx, id)
    // Again: people may have linked an account since.
    const { owners, concerned } = await read()
    const which = { provider: id, except }
    for (const owner of concerned) await people.sessions.endOfProviderIn(tx, owner, { reason, actor }, which)
    return owners.length
  }

  async function dependents(id: IdentityProviderId) {
    await records.get(id)
    const members = new Set((await people.people.list()).map((person) => person.id))
    const owners = (await linkedIdentities.ownersOf(id)).filter((personId) => members.has(personId))
    return { people: owners, stranded: await linkedIdentities.withoutOtherWay(owners, id) }
  }

  return {
    identityProviders: {
      list: () => records.list(),
      get: (id) => records.get(id),
      create: (input, actor) => records.create(input, actor),
      async change(id, changes, by) {
        if (changes.isEnabled === true) await test(id)
        return records.change(id, changes, by.actor, (tx, provider) =>
          endSessions(tx, provider, 'provider-disabled', by),
        )
      },
      dependents,
      remove: (id, by) =>
        records.remove(id, by.actor, async (tx, provider) => {
          const count = await endSessions(tx, provider, 'provider-removed', by)
          for (const { personId, userName } of await linkedIdentities.accountsAt(tx, id)) {
            const news = { kind: 'provider_unlinked', provider: provider.name, account: userName } as const
            await people.securityMail(tx, personId, news)
          }
          return count
        }),
      test,
    },
    openIdSignIns: createOpenIdSignIns({
      ...{ database, clock, records, pending, requests, linkedIdentities, admission, people },
    }),
    linkedIdentities,
    admission,
  }
}
