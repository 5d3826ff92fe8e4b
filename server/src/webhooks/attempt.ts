import type { StoredEvent } from '../events/index.ts'
import { isRefusal, type PostResult } from './post.ts'
import { type Job, TROUBLED_AFTER } from './work.ts'

/** Result of a job: an attempt, or `undefined` for none, because an earlier one of its key failed or time was up. */
export interface Attempted {
  job: Job
  result: PostResult | undefined
}

export interface AttemptOptions {
  concurrency: number
  /** Failures of the endpoint in a row before this step. A refused event is none: its receiver works. */
  failures: number
  /** True at the end of the process or of the time of a step: no further request begins. */
  isOver: () => boolean
  post: (job: Job) => Promise<PostResult>
}

/**
 * Attempts jobs, concurrently except for those with the same key. Begins no further ones once the endpoint counts as
 * troubled: each would only wait for a time limit.
 */
export async function attemptAll(jobs: readonly Job[], options: AttemptOptions) {
  const { concurrency, isOver, post } = options
  const chains = [...Map.groupBy(jobs, ({ orderKey }) => orderKey).values()]
  const results = new Map<Job, PostResult>()
  let { failures } = options
  let delivered = 0
  let lastFailure: PostResult | undefined
  const isProbe = options.failures >= TROUBLED_AFTER
  // A troubled endpoint gets a single job.
  const mayBegin = () => !isOver() && (isProbe || failures < TROUBLED_AFTER)

  async function runChain(chain: readonly Job[]): Promise<void> {
    for (const job of chain) {
      if (!mayBegin()) return
      const result = await post(job)
      // A request that the end of the process aborted says nothing about the endpoint.
      if (result.error && isOver()) return
      results.set(job, result)
      if (result.error) {
        failures = isRefusal(result) ? 0 : failures + 1
        lastFailure = result
        return
      }
      failures = 0
      delivered++
    }
  }

  async function worker(): Promise<void> {
    for (let chain = chains.shift(); chain; chain = chains.shift()) await runChain(chain)
  }

  await Promise.all(Array.from({ length: Math.min(concurrency, chains.length) }, worker))
  const attempted = jobs.map((job): Attempted => ({ job, result: results.get(job) }))
  return { attempted, failures, delivered, lastFailure }
}

export type AttemptOutcome = Awaited<ReturnType<typeof attemptAll>>

/** Fresh events of a page, which is taken again from the position on. */
export interface TakenPage {
  /** Position before the page, and behind all of it. */
  from: number
  to: number
  attempted: readonly Attempted[]
  blocked: readonly StoredEvent[]
}

/**
 * Decides how far a page is done. Every event up to the position is delivered or gets a row; later ones are taken again.
 *
 * @returns the position, and the events that get a row, with the attempt that failed
 */
export function settlePage({ from, to, attempted, blocked }: TakenPage, failedKeys: ReadonlySet<string>) {
  // Behind a failure of its key, an event waits for it. Only the end of the time leaves others without an attempt.
  const isOpen = ({ job, result }: Attempted) => !result && !failedKeys.has(job.orderKey)
  const done = attempted.filter((each) => !isOpen(each)).map(({ job }) => job.event!.id)
  const position = attempted.some(isOpen) ? Math.max(from, ...done) : to
  const rows: { event: StoredEvent; result: PostResult | undefined }[] = [
    ...attempted
      .filter(({ result }) => !result || result.error)
      .map(({ job, result }) => ({ event: job.event!, result })),
    ...blocked.map((event) => ({ event, result: undefined })),
  ]
  return {
    position,
    rows: rows.filter(({ event }) => event.id <= position).sort((one, other) => one.event.id - other.event.id),
  }
}
