/**
 * Delivers events and alerts to endpoints, at least once and in order for each conversation.
 *
 * One server delivers to an endpoint at a time: it claims the endpoint, and each step extends the claim. A step reads a
 * page of events after the position of the endpoint, posts them, and stores position and failures in one transaction.
 * A process that dies before it repeats the step, with the same ids. Steps of endpoints run side by side, so a slow
 * endpoint delays no other.
 */
import { randomUUID } from 'node:crypto'
import { sql } from 'kysely'
import type { VisibleAccounts } from '../events/index.ts'
import type { WebhookEndpointId } from '../kernel/ids.ts'
import type { Secret } from '../kernel/secret.ts'
import { attemptAll } from './attempt.ts'
import type { WebhookDeps, WebhookPorts } from './deps.ts'
import { createPosting } from './post.ts'
import type { EndpointRow } from './rows.ts'
import type { WebhookSecrets } from './secrets.ts'
import { createResultStore } from './store-results.ts'
import { createWorkSource, type Job, type Work } from './work.ts'

/** Longer than a step: no request begins after {@link STEP_MS}, and each has a limit of ten seconds. */
const LEASE_MS = 60_000
const STEP_MS = 20_000

export interface DeliveryDeps extends WebhookDeps {
  secrets: WebhookSecrets
  ports: () => WebhookPorts | undefined
}

/** An owner with the mailboxes that they may read. */
export interface CheckedOwner {
  owner: string
  readable: VisibleAccounts
}

/** The endpoint for the next step; `idle` when nothing is due, `released` when the claim has ended, undefined when it is lost. */
type NextStep = EndpointRow | 'idle' | 'released' | undefined

export function createDelivery(deps: DeliveryDeps) {
  const { database, clock, log, secrets, random = Math.random } = deps
  const { db } = database
  const post = createPosting(deps)
  const takeWork = createWorkSource(deps)
  const storeResults = createResultStore({ ...deps, random })

  /**
   * Delivers to an endpoint until nothing is due. Returns false if another server has it, or the claim was lost to one or
   * to a change of its settings.
   *
   * @param checked rights of the owner, read just now, for the first step
   */
  async function run(id: WebhookEndpointId, isOver: () => boolean, checked?: CheckedOwner): Promise<boolean> {
    const claimed = await claim(id)
    if (!claimed) return false
    const known = checked?.owner === claimed.owner ? checked.readable : undefined
    let endpoint: NextStep = claimed
    try {
      while (typeof endpoint === 'object' && !isOver()) {
        endpoint = await step(endpoint, isOver, endpoint === claimed ? known : undefined)
      }
    } finally {
      if (endpoint !== 'released') await release(claimed)
    }
    return endpoint !== undefined
  }

  async function step(endpoint: EndpointRow, isOver: () => boolean, known?: VisibleAccounts): Promise<NextStep> {
    const now = clock.now()
    if (endpoint.paused_until !== null && endpoint.paused_until > now) return 'idle'
    const readable = known ?? (await readableFor(endpoint))
    // The next round of the service disables it.
    if (!readable) return undefined
    const work = await takeWork(endpoint, now, readable)
    const jobs = [...work.rows, ...(work.replay?.jobs ?? []), ...work.live.jobs]
    if (jobs.length === 0 && !isPositionDue(endpoint, work)) return 'idle'
    const bodies = await bodiesOf(endpoint, jobs, readable)
    const valid = jobs.length === 0 ? [] : await secretsOf(endpoint)
    if (!valid) return undefined
    const began = performance.now()
    const outcome = await attemptAll(jobs, {
      concurrency: endpoint.concurrency,
      failures: endpoint.failures,
      isOver: () => isOver() || performance.now() - began > STEP_MS,
      post: (job) =>
        post({
          url: endpoint.url,
          id: job.row?.alertId ?? String(job.event!.id),
          body: bodies.get(job)!,
          secrets: valid,
          keepsAnswer: endpoint.purpose === 'events',
        }),
    })
    if (outcome.lastFailure) {
      log.warn(
        { err: outcome.lastFailure.error, endpointId: endpoint.id, failures: outcome.failures },
        'A webhook failed',
      )
    }
    return storeResults(endpoint, work, outcome, LEASE_MS)
  }

  /**
   * Secrets for the requests of a step; undefined when the claim was lost. A restored database is recognized here: the
   * events and the position of the step are of its past, and its claims have ended.
   */
  async function secretsOf({ id, claim }: EndpointRow): Promise<Secret[] | undefined> {
    if (!(await deps.ports()!.mark())) return undefined
    const valid = await secrets.valid(id, claim)
    return valid.length > 0 ? valid : undefined
  }

  /** Alerts contain no mail, and go on when the admin who set them up leaves. */
  async function readableFor({ purpose, owner }: EndpointRow): Promise<VisibleAccounts | undefined> {
    return purpose === 'alerts' ? [] : (await deps.ports()!.readableBy([owner])).get(owner)
  }

  async function bodiesOf(
    endpoint: EndpointRow,
    jobs: readonly Job[],
    readable: VisibleAccounts,
  ): Promise<Map<Job, string>> {
    const ofEvents = jobs.filter(({ event }) => event)
    const found = ofEvents.map(({ event }) => event!)
    const shown = await deps.ports()!.present(found, endpoint.includes_message ? 'message' : undefined, readable)
    return new Map([
      ...ofEvents.map((job, at): [Job, string] => [job, JSON.stringify(shown[at])]),
      ...jobs.flatMap((job): [Job, string][] => (job.row?.alertId ? [[job, JSON.stringify(job.row.body)]] : [])),
    ])
  }

  async function claim(id: WebhookEndpointId): Promise<EndpointRow | undefined> {
    const now = clock.now()
    const { rows } = await sql<EndpointRow>`
      UPDATE webhook_endpoints SET claim = ${randomUUID()}, claimed_until = ${new Date(now.getTime() + LEASE_MS)}
      WHERE id = (SELECT id FROM webhook_endpoints
        WHERE id = ${id} AND state = 'active' AND removed_at IS NULL
          AND (claimed_until IS NULL OR claimed_until <= ${now}) FOR UPDATE SKIP LOCKED)
      RETURNING *`.execute(db)
    return rows[0]
  }

  async function release({ id, claim: by }: EndpointRow): Promise<void> {
    await db
      .updateTable('webhook_endpoints')
      .set({ claim: null, claimed_until: null })
      .where('id', '=', id)
      .where('claim', '=', by)
      .execute()
  }

  return { run }
}

/** Events skipped by the filter after which the position is stored: fewer are cheap to read again. */
const SKIPPED_BEFORE_STORED = 500

function isPositionDue({ position }: EndpointRow, { live, replay, obsolete }: Work): boolean {
  const hasRows =
    live.blocked.length > 0 || (replay !== undefined && (replay.blocked.length > 0 || replay.to > replay.from))
  return hasRows || obsolete.length > 0 || live.to - position >= SKIPPED_BEFORE_STORED
}
