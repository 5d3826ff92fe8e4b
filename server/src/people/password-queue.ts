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
/** Places in addition for known devices, and those of one of them. They also come first. */
const MAX_WAITING_KNOWN = 5
const MAX_WAITING_PER_KNOWN = 2
const RETRY_AFTER_SECONDS = 2

export interface Applicant {
  /** Address, or id of a known device, by which waiting requests are limited; absent when unknown. */
  client?: string | undefined
  /** Set for a known device, so that a flood of strangers leaves places to it. */
  isKnown?: boolean
}

export interface PasswordQueue {
  /**
   * Runs work that hashes a password, in arrival order.
   *
   * @throws {AppError} `people.sign_ins_busy` at once, before any work starts
   */
  run: <T>(work: () => Promise<T>, of?: Applicant) => Promise<T>
  /** Like `run`, for follow-up work of an admitted request: it waits without a limit. */
  runAdmitted: <T>(work: () => Promise<T>) => Promise<T>
}

export function createPasswordQueue(): PasswordQueue {
  const waiting: (Applicant & { start: () => void })[] = []
  let running = 0

  function refuseWhenFull({ client, isKnown = false }: Applicant): void {
    if (running < MAX_AT_ONCE) return
    const alike = waiting.filter((entry) => (entry.isKnown ?? false) === isKnown)
    const ofClient = client === undefined ? 0 : alike.filter((entry) => entry.client === client).length
    const [most, mostOfClient] = isKnown
      ? [MAX_WAITING_KNOWN, MAX_WAITING_PER_KNOWN]
      : [MAX_WAITING, MAX_WAITING_PER_CLIENT]
    if (alike.length >= most || ofClient >= mostOfClient) {
      throw new AppError('people.sign_ins_busy', { retryAfterSeconds: RETRY_AFTER_SECONDS })
    }
  }

  async function enter(of: Applicant): Promise<void> {
    if (running < MAX_AT_ONCE) {
      running++
      return
    }
    // `leave` hands over the place, so `running` stays unchanged.
    await new Promise<void>((start) => {
      const firstStranger = waiting.findIndex(({ isKnown }) => !isKnown)
      const place = of.isKnown && firstStranger !== -1 ? firstStranger : waiting.length
      waiting.splice(place, 0, { ...of, start })
    })
  }

  function leave(): void {
    const next = waiting.shift()
    if (next) next.start()
    else running--
  }

  async function inPlace<T>(work: () => Promise<T>, of: Applicant): Promise<T> {
    await enter(of)
    try {
      return await work()
    } finally {
      leave()
    }
  }

  return {
    async run(work, of = {}) {
      refuseWhenFull(of)
      return inPlace(work, of)
    },
    runAdmitted: (work) => inPlace(work, {}),
  }
}
