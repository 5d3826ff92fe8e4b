import type { Clock } from '../kernel/clock.ts'
import { AppError } from '../kernel/errors.ts'

const WINDOW_MS = 15 * 60 * 1000
const TRIES_PER_ADDRESS = 10
const TRIES_PER_CLIENT = 50
const MOST_KEPT = 10_000

/**
 * Counts wrong passwords, per email address and per client, in this process. This limits guessing to some forty tries
 * an hour. A successful sign-in resets the tries of its address.
 */
export function createSignInTries(clock: Clock) {
  const tries = new Map<string, { count: number; since: number }>()

  function count(key: string, most: number): void {
    const now = clock.now().getTime()
    const known = tries.get(key)
    const current = known && now - known.since < WINDOW_MS ? known : { count: 0, since: now }
    if (current.count >= most) {
      const retryAfterSeconds = Math.max(1, Math.ceil((current.since + WINDOW_MS - now) / 1000))
      throw new AppError('people.too_many_tries', { retryAfterSeconds })
    }
    current.count++
    tries.delete(key)
    tries.set(key, current)
    // The oldest are removed first; a flood of addresses must not fill the memory.
    if (tries.size > MOST_KEPT) tries.delete(tries.keys().next().value!)
  }

  /** Resets the tries of an address after a successful sign-in. */
  function forget(email: string): void {
    tries.delete(`email ${email.toLowerCase()}`)
  }

  return {
    /** Counts a try before the password is checked, so that concurrent tries count too. */
    begin(email: string, clientAddress: string): void {
      count(`client ${clientAddress}`, TRIES_PER_CLIENT)
      count(`email ${email.toLowerCase()}`, TRIES_PER_ADDRESS)
    },
    succeeded(email: string, clientAddress: string): void {
      forget(email)
      tries.delete(`client ${clientAddress}`)
    },
    forget,
  }
}
