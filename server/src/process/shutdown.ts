import { setTimeout as delay } from 'node:timers/promises'
import { AppError } from '../kernel/errors.ts'
import type { Log } from '../kernel/log.ts'

/**
 * Time limits per phase in milliseconds. `work` accepts nothing new and completes work in progress. `connections` then
 * aborts pending requests to other servers, so that the remaining work fails and releases its claims. `database` comes
 * last.
 */
const LIMITS_MS = { work: 3_000, connections: 2_000, database: 1_000 }
export type Phase = keyof typeof LIMITS_MS
const PHASES = Object.keys(LIMITS_MS) as Phase[]

export interface Closing {
  add(phase: Phase, name: string, close: () => unknown): void
  /**
   * Closes all parts, once.
   *
   * @throws {AppError} `kernel.end_overdue` with the parts that failed to close or exceeded their time limit
   */
  close(): Promise<void>
}

/** Closes the parts of a server within a few seconds, even when the database or another server does not respond. */
export function createClosing(log: Log, limitsMs: Readonly<Record<Phase, number>> = LIMITS_MS): Closing {
  const parts: { phase: Phase; name: string; close: () => unknown }[] = []
  let closing: Promise<void> | undefined

  async function closeAll(): Promise<void> {
    const left = new Map<string, Promise<unknown>>()
    const failures: Error[] = []
    for (const phase of PHASES) {
      for (const { name, close } of parts.filter((part) => part.phase === phase)) {
        const closed = Promise.resolve()
          .then(close)
          .catch((cause: unknown) => failures.push(new Error(`${name} could not be closed`, { cause })))
          .finally(() => left.delete(name))
        left.set(name, closed)
      }
      const late = new AbortController()
      await Promise.race([
        Promise.all(left.values()),
        delay(limitsMs[phase], undefined, { signal: late.signal }).catch(() => undefined),
      ])
      late.abort()
      if (left.size > 0) log.warn({ phase, waitingFor: [...left.keys()] }, 'Closing takes long and goes on without')
    }
    failures.push(...[...left.keys()].map((name) => new Error(`${name} did not close in time`)))
    if (failures.length === 0) return
    for (const err of failures) log.error({ err }, 'A part of Postkey did not close')
    throw new AppError('kernel.end_overdue', { cause: new Error(failures.map(({ message }) => message).join('; ')) })
  }

  return {
    add(phase, name, close) {
      parts.unshift({ phase, name, close })
    },
    close: () => (closing ??= closeAll()),
  }
}
