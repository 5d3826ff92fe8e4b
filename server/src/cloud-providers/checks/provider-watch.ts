import type { Database, Tx } from '../../database/index.ts'
import type { Clock } from '../../kernel/clock.ts'
import type { CloudProviderId } from '../../kernel/ids.ts'
import { createTicker, type Ticker } from '../../kernel/ticker.ts'
import type { CloudProvider } from '../cloud-provider.ts'
import type { CredentialSummary } from '../credentials/provider-credential.ts'
import { type Dependent, expiryAlert, findExpiry } from '../credentials/expiry.ts'
import type { CloudProviders } from '../cloud-providers-port.ts'

const MINUTE_MS = 60 * 1000
const TICK_MS = 5 * 1000
/** Deadline of a round: several requests to Microsoft, each with its own limit. */
const DEADLINE_MS = 5 * MINUTE_MS
/** Interval of rounds for one provider. A round without work costs two queries. */
const LOOK_AGAIN_MS = 30 * MINUTE_MS

export interface WatchDeps {
  database: Database
  clock: Clock
  cloudProviders: CloudProviders
  /** Sends an alert once per key, by all configured channels. Implemented by `Alerts.enqueue`. */
  alerts: {
    enqueue(
      tx: Tx,
      alert: {
        key: string
        kind: string
        to: readonly string[]
        subject: string
        text: string
        payload: Readonly<Record<string, unknown>>
      },
    ): Promise<unknown>
  }
  /** Mailboxes that stop if no credential of the provider is accepted. */
  dependents: (id: CloudProviderId) => Promise<Dependent[]>
  publicUrl: string
  onError: (error: unknown) => void
}

export type ProviderWatch = Ticker

/**
 * Background work for cloud providers: tries new and refused credentials, detects fixes at Microsoft, and counts down
 * to the expiry of the last working credential.
 */
export function createProviderWatch(deps: WatchDeps): ProviderWatch {
  const { database, clock, cloudProviders, alerts, dependents, publicUrl, onError } = deps
  const { db } = database

  async function run(): Promise<void> {
    const rows = await db
      .selectFrom('cloud_providers')
      .select('id')
      .where('due_at', '<=', clock.now())
      .orderBy('due_at')
      .execute()
    // In parallel, because a server that does not respond must not delay other providers.
    await Promise.all(rows.map(async ({ id }) => (await claim(id)) && lookAfter(id).catch(onError)))
  }

  /** Claims a provider, so that one of several processes handles it. */
  async function claim(id: CloudProviderId): Promise<boolean> {
    const now = clock.now()
    const { numUpdatedRows } = await db
      .updateTable('cloud_providers')
      .set({ due_at: new Date(now.getTime() + MINUTE_MS) })
      .where('id', '=', id)
      .where('due_at', '<=', now)
      .executeTakeFirst()
    return numUpdatedRows > 0n
  }

  async function lookAfter(id: CloudProviderId): Promise<void> {
    // The countdown must continue even if the trial fails.
    await tryAgain(id).catch(onError)
    await countDown(id)
    await postpone(id)
  }

  async function tryAgain(id: CloudProviderId): Promise<void> {
    const provider = await cloudProviders.get(id)
    const isDue = provider.nextTryAt !== undefined && provider.nextTryAt <= clock.now()
    if (provider.state === 'needs-admin' && isDue) await tryToComeBack(id)
    else if (provider.state === 'degraded' && isDue) await cloudProviders.check(id)
    else if (await hasUnaskedEnd(id)) await cloudProviders.check(id)
    else await tryDue(id)
  }

  /**
   * Returns true if a working credential has expired and has not been tried since. The state must show the real result.
   */
  async function hasUnaskedEnd(id: CloudProviderId): Promise<boolean> {
    const now = clock.now()
    return (await cloudProviders.listCredentials(id)).some(
      ({ expiresAt, standing, lastUsedAt }) =>
        standing.state === 'works' &&
        expiresAt !== undefined &&
        expiresAt <= now &&
        !(lastUsedAt && lastUsedAt >= expiresAt),
    )
  }

  /** Tries credentials until one works, which restores the provider and its mailboxes. */
  async function tryToComeBack(id: CloudProviderId): Promise<void> {
    for (const { id: credentialId } of await cloudProviders.listCredentials(id)) {
      const { standing } = await cloudProviders.tryCredential(id, credentialId)
      if (standing.state === 'works') return
    }
  }

  async function tryDue(id: CloudProviderId): Promise<void> {
    const now = clock.now()
    for (const credential of await cloudProviders.listCredentials(id)) {
      if (mayBeTried(credential, now) && credential.trialAt! <= now) {
        await cloudProviders.tryCredential(id, credential.id)
      }
    }
  }

  async function countDown(id: CloudProviderId): Promise<void> {
    const ending = findExpiry(await cloudProviders.listCredentials(id), clock.now())
    if (!ending) return
    const [provider, stopped] = await Promise.all([cloudProviders.get(id), dependents(id)])
    const page = `${publicUrl}/cloud-providers/${id}`
    await database.transaction(async (tx) => {
      const { numUpdatedRows } = await tx
        .updateTable('provider_credentials')
        .set({ ending_told: ending.threshold })
        .where('id', '=', ending.credentialId)
        .where((eb) => eb.or([eb('ending_told', 'is', null), eb('ending_told', '>', ending.threshold)]))
        .executeTakeFirst()
      if (numUpdatedRows > 0n) await alerts.enqueue(tx, expiryAlert(provider, ending, stopped, page))
    })
  }

  async function postpone(id: CloudProviderId): Promise<void> {
    const now = clock.now()
    const [provider, credentials] = await Promise.all([cloudProviders.get(id), cloudProviders.listCredentials(id)])
    const times = [
      new Date(now.getTime() + LOOK_AGAIN_MS),
      ...timesOf(provider),
      ...credentials.filter((one) => mayBeTried(one, now)).flatMap(({ trialAt }) => trialAt ?? []),
      ...credentials.flatMap(({ expiresAt }) => (expiresAt !== undefined && expiresAt > now ? [expiresAt] : [])),
    ].map((time) => time.getTime())
    const dueAt = new Date(Math.max(Math.min(...times), now.getTime() + TICK_MS))
    await db.updateTable('cloud_providers').set({ due_at: dueAt }).where('id', '=', id).execute()
  }

  return createTicker({
    name: 'cloud-providers.watch',
    clock,
    everyMs: TICK_MS,
    deadlineMs: DEADLINE_MS,
    run,
    onError,
  })
}

function timesOf({ state, nextTryAt }: CloudProvider): Date[] {
  return state !== 'connected' && nextTryAt ? [nextTryAt] : []
}

/** Skips expired credentials unless all others fail. */
function mayBeTried({ trialAt, expiresAt }: CredentialSummary, now: Date): boolean {
  return trialAt !== undefined && (expiresAt === undefined || expiresAt > now)
}
