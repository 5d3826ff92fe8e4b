/** Groups current failures by their cause. Pure function of the stored states. */
import type { ErrorCode } from '../kernel/errors.ts'
import type { CloudProviderId, EmailAccountId, GrantId } from '../kernel/ids.ts'
import { findCause, isNoAnswer, isTransient, dominantCode } from './causes.ts'
import type { Affects, Cause, Subject } from './incident.ts'
import { opensAfter } from './times.ts'

export interface TroubledAccount {
  id: EmailAccountId
  name: string
  address: string
  code: string
  /** Start of the state. */
  since: Date
  /** `undefined` for a mailbox with a password. */
  cloudProviderId: CloudProviderId | undefined
  /** Host name, for a mailbox with a password. */
  mailServer?: string | undefined
  grantId: GrantId | undefined
  /** Directory (tenant) ID for a mailbox with application access; otherwise the grant contains it. */
  tenantId: string | undefined
  /** Detail shown with the incident. */
  detail?: string | undefined
}

export interface TroubledThing<Id> {
  id: Id
  code: string
  since: Date
  /** Detail shown with the incident. */
  detail?: string | undefined
}

/** All failing states, with the names needed to describe them. */
export interface StatesNow {
  accounts: readonly TroubledAccount[]
  /** Mailboxes that cannot send. */
  sending?: readonly TroubledAccount[]
  /** Mailboxes whose actions wait. */
  actions?: readonly TroubledAccount[]
  providers: readonly TroubledThing<CloudProviderId>[]
  grants: readonly TroubledThing<GrantId>[]
  namesOfProviders: ReadonlyMap<CloudProviderId, { name: string; cloud: string; tenantId: string }>
  namesOfGrants: ReadonlyMap<GrantId, { name: string; cloudProviderId: CloudProviderId; tenantId: string }>
  /** Cloud Providers that are being tried, and since when. */
  connectingProviders?: ReadonlyMap<CloudProviderId, Date>
  /** Number of accounts that are not paused. */
  activeAccounts: number
}

export interface FoundAccount {
  id: EmailAccountId
  name: string
  address: string
  since: Date
  affects: Affects
}

/** Failures with one cause. */
export interface FoundCause {
  cause: Cause
  key: string
  subject: Subject
  code: ErrorCode
  /** Measured values and the effect, if the code alone is not sufficient. */
  detail?: string | undefined
  since: Date
  /** Affected accounts, each with the start of its failure. */
  accounts: readonly FoundAccount[]
}

/** Share of failing accounts from which the cause is the local network or all of Microsoft, which look the same. */
const NEARLY_ALL = 0.8

/**
 * Groups failures by cause.
 *
 * `stays`: returns true if an incident with that cause and key is open. The cause of an open incident does not change
 * between Microsoft and the local network when another mailbox joins. That would cause a second alert.
 *
 * `heldBy`: the open outage incident of a mailbox. The mailbox remains in it while it has only transient errors, even
 * if the code changes. A hanging server causes silence first, then a timeout, then a failed token refresh.
 */
export function gather(
  now: StatesNow,
  {
    at,
    stays,
    heldBy = () => undefined,
  }: {
    at: Date
    stays: (cause: Cause, key: string) => boolean
    heldBy?: (id: EmailAccountId) => HeldPlace | undefined
  },
): FoundCause[] {
  const lasting = <T extends { code: string; since: Date }>(things: readonly T[]) =>
    things.filter(({ code, since }) => at.getTime() - since.getTime() >= opensAfter(code))

  const found = new Map<string, Gathered>()
  const accounts = lasting(now.accounts)
  const egress = accounts.filter(({ code }) => findCause(code) === 'egress')
  const unanswered = accounts.filter(({ code }) => isNoAnswer(code))
  const isNearlyAll = egress.length > 0 && unanswered.length >= NEARLY_ALL * now.activeAccounts
  const grants = lasting(now.grants)
  const transientErrorsOfGrants = new Map(
    grants.filter(({ code }) => isTransient(code)).map(({ id, code }) => [id, code]),
  )
  const placesOfGrants = new Map<GrantId, Place>()

  for (const account of accounts) {
    const { place, code } = isTransient(account.code)
      ? outageOf(account)
      : { place: placeOf(account), code: account.code }
    if (isTransient(code) && account.grantId) placesOfGrants.set(account.grantId, place)
    const at = entry(place)
    at.codes.push(code)
    if (account.detail !== undefined) at.details.push({ code, detail: account.detail })
    at.sinces.push(account.since)
    at.accounts.push({ ...named(account), affects: 'receiving' })
  }
  for (const account of lasting(now.sending ?? [])) {
    const reading = accounts.find(({ id }) => id === account.id)
    // An outage that stops reading and sending is a single failure.
    if (reading && isTransient(reading.code) && isTransient(account.code)) continue
    const { place, code } = isTransient(account.code)
      ? outageOf(account)
      : { place: placeOf(account), code: account.code }
    const at = entry(place)
    at.codes.push(code)
    at.sinces.push(account.since)
    const same = at.accounts.find(({ id }) => id === account.id)
    if (same) same.affects = 'both'
    else at.accounts.push({ ...named(account), affects: 'sending' })
  }
  for (const account of lasting(now.actions ?? [])) {
    // An outage, or a fault of the mailbox that also stops mail, is a single failure.
    if (isTransient(account.code) && accounts.some(({ id, code }) => id === account.id && isTransient(code))) continue
    const { place, code } = isTransient(account.code)
      ? outageOf(account)
      : { place: placeOf(account), code: account.code }
    if (found.get(nameOf(place))?.accounts.some(({ id }) => id === account.id)) continue
    const at = entry(place)
    at.codes.push(code)
    at.sinces.push(account.since)
    at.accounts.push({ ...named(account), affects: 'actions' })
  }
  for (const { id, code, since, detail } of lasting(now.providers)) {
    const at = entry(ofProvider(id))
    if (detail !== undefined) at.details.push({ code, detail })
    // The code of the registration itself takes precedence over those of its mailboxes.
    at.ownCode ??= code
    at.sinces.push(since)
  }
  for (const { id, code, since } of grants) {
    const grant = now.namesOfGrants.get(id)
    if (!grant) continue
    // The grant and its mailboxes failed in the same outage.
    const outage = isTransient(code) ? placesOfGrants.get(id) : undefined
    const place = outage ?? placeOf({ code, cloudProviderId: grant.cloudProviderId, grantId: id })
    const at = entry(place)
    if (place.cause === 'person') at.ownCode ??= code
    else at.codes.push(code)
    at.sinces.push(since)
  }
  return [...found.values()].map(({ place, codes, details, ownCode, sinces, accounts: affected }) => {
    const code = dominantCode(ownCode === undefined ? codes : [ownCode])
    return {
      ...place,
      code,
      detail: details.find((of) => of.code === code)?.detail,
      since: new Date(Math.min(...sinces.map((since) => since.getTime()))),
      accounts: [...new Map(affected.map((account) => [account.id, account])).values()],
    }
  })

  function entry(place: Place): Gathered {
    const name = nameOf(place)
    const known = found.get(name)
    if (known) return known
    const made: Gathered = { place, details: [], codes: [], ownCode: undefined, sinces: [], accounts: [] }
    found.set(name, made)
    return made
  }

  function outageOf(account: TroubledAccount): { place: Place; code: string } {
    const held = heldBy(account.id)
    const ofGrant = account.grantId && transientErrorsOfGrants.get(account.grantId)
    const isSilent = account.code === 'email_accounts.silent'
    // Silence is the least specific code: a known code of the outage takes precedence.
    if (held) return { place: held.place, code: isSilent && held.place.cause !== 'mailbox' ? held.code : account.code }
    const code = isSilent && ofGrant ? ofGrant : account.code
    return { place: placeOf({ ...account, code }), code }
  }

  function placeOf(
    account: Pick<TroubledAccount, 'code' | 'cloudProviderId' | 'grantId'> & Partial<TroubledAccount>,
  ): Place {
    const { code, cloudProviderId, grantId } = account
    if (cloudProviderId === undefined) return placeAtServer(account)
    const provider = now.namesOfProviders.get(cloudProviderId)
    const grant = grantId && now.namesOfGrants.get(grantId)
    switch (findCause(code)) {
      case 'provider':
        return ofProvider(cloudProviderId)
      case 'tenant-policy': {
        const tenantId = grant?.tenantId ?? account.tenantId ?? provider?.tenantId ?? ''
        const name = `${provider?.name ?? ''} in ${tenantId}`
        return place('tenant-policy', `${cloudProviderId}:${tenantId}`, { name, cloudProviderId, tenantId })
      }
      case 'person':
        // With application access there is no user who could sign in.
        if (!grantId) return ofProvider(cloudProviderId)
        return place('person', grantId, {
          name: grant?.name ?? '',
          cloudProviderId,
          grantId,
          tenantId: grant?.tenantId,
        })
      case 'throttling':
        return place('microsoft', `throttling:${cloudProviderId}`, { name: provider?.name ?? '', cloudProviderId })
      case 'network':
      case 'installation':
        return NETWORK
      case 'egress':
      case 'microsoft': {
        const ofCloud = cloud(provider?.cloud ?? '')
        if (!isNoAnswer(code)) return ofCloud
        if (stays('network', NETWORK.key)) return NETWORK
        if (stays('microsoft', ofCloud.key)) return ofCloud
        return isNearlyAll ? NETWORK : ofCloud
      }
      case 'mailbox':
        if (account.id === undefined) return ofProvider(cloudProviderId)
        return place('mailbox', account.id, {
          name: account.name ?? '',
          cloudProviderId,
          grantId,
          emailAccountId: account.id,
        })
    }
  }

  /**
   * Place of a failure at a mail server. An outage of the server is one failure of all its mailboxes; a wrong password
   * affects a single mailbox.
   */
  function placeAtServer(account: Pick<TroubledAccount, 'code'> & Partial<TroubledAccount>): Place {
    const { code, mailServer: host = '', id = '', name = '' } = account
    const cause = findCause(code)
    if (cause === 'network') return NETWORK
    const isWhole = isTransient(code) && code !== 'email_accounts.silent'
    if (isWhole && isNoAnswer(code) && isNearlyAll && now.accounts.length > 1) return NETWORK
    if (isWhole) return place('mailbox', `server:${host}`, { name: host })
    return place('mailbox', id, { name, ...(account.id && { emailAccountId: account.id }) })
  }

  function ofProvider(id: CloudProviderId): Place {
    const provider = now.namesOfProviders.get(id)
    return place('provider', id, { name: provider?.name ?? '', cloudProviderId: id, tenantId: provider?.tenantId })
  }
}

function nameOf({ cause, key }: Place): string {
  return `${cause} ${key}`
}

type Place = Pick<FoundCause, 'cause' | 'key' | 'subject'>

/** Place and code of an open incident. */
export interface HeldPlace {
  place: Place
  code: string
}

interface Gathered {
  place: Place
  codes: string[]
  details: { code: string; detail: string }[]
  ownCode: string | undefined
  sinces: Date[]
  accounts: FoundAccount[]
}

const NETWORK = place('network', 'network', { name: 'This server' })

function named({ id, name, address, since }: TroubledAccount): Omit<FoundAccount, 'affects'> {
  return { id, name, address, since }
}

function cloud(id: string): Place {
  return place('microsoft', `outage:${id}`, { name: `Microsoft 365 (${id})` })
}

function place(cause: Cause, key: string, subject: Partial<Subject> & { name: string }): Place {
  return {
    cause,
    key,
    subject: {
      cloudProviderId: undefined,
      grantId: undefined,
      emailAccountId: undefined,
      tenantId: undefined,
      ...subject,
    },
  }
}
