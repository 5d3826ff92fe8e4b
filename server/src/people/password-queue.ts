import { AppError } from '../kernel/errors.ts'

/**
 * Half of libuv's four threads. DNS lookups, files and the mail parsers share that pool. A password hash occupies a
 * thread for about 50 ms and 32 MB of memory.
 */
const MAX_AT_ONCE = 2
/** Maximum waiting requests: about a second of work. */
const MAX_WAITING = 20
/** Maximum waiting requests of one client, so that a flood from one address leaves places to the others. */
const MAX_WAITING_PER_CLIENT = 10
const RETRY_AFTER_SECONDS = 2

export interface PasswordQueue {
  /**
   * Runs work that hashes a password, in arrival order.
   *
   * @param client address by which waiting requests are limited; absent when unknown
   * @throws {AppError} `people.sign_ins_busy` at once, before any work starts
   */
  run: <T>(work: () => Promise<T>, client?: string) => Promise<T>
  /** Like `run`, for follow-up work of an admitted request: it waits without a limit. */
  runAdmitted: <T>(work: () => Promise<T>) => Promise<T>
}

export function createPasswordQueue(): PasswordQueue {
  const waiting: { client: string | undefined; start: () => void }[] = []
  let running = 0

  function refuseWhenFull(client: string | undefined): void {
    if (running < MAX_AT_ONCE) return
    const ofClient = client === undefined ? 0 : waiting.filter((entry) => entry.client === client).length
    if (waiting.length >= MAX_WAITING || ofClient >= MAX_WAITING_PER_CLIENT) {
      throw new AppError('people.sign_ins_busy', { retryAfterSeconds: RETRY_AFTER_SECONDS })
    }
  }

  async function enter(client: string | undefined): Promise<void> {
    if (running < MAX_AT_ONCE) {
      running++
      return
    }
    // `leave` hands over the place, so `running` stays unchanged.
    await new Promise<void>((start) => waiting.push({ client, start }))
  }

  function leave(): void {
    const next = waiting.shift()
    if (next) next.start()
    else running--
  }

  async function inPlace<T>(work: () => Promise<T>, client: string | undefined): Promise<T> {
    await enter(client)
    try {
      return await work()
    } finally {
      leave()
    }
  }

  return {
    async run(work, client) {
      refuseWhenFull(client)
      return inPlace(work, client)
    },
    runAdmitted: (work) => inPlace(work, undefined),
  }
}
