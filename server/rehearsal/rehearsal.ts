import type { Overrides } from '../src/foundation.ts'
import type { Wrapper } from '../src/open-rooms.ts'
import { chaosOf } from './chaos.ts'
import type { ChaosOrder } from './chaos-points.ts'
import { followClock, isRehearsal, onlyInTime } from './rehearsal-clock.ts'

/** Wraps the parts of an installation: they have the time of the sandbox, and the points at which `orders` are carried out. */
export function createRehearsal(clockUrl: URL, orders: readonly ChaosOrder[]): Wrapper {
  return async ({ log, clock: machineClock, database: plain, clouds, closing }) => {
    const chaos = await chaosOf(orders, plain, clouds)
    const database = chaos ? chaos.database(plain) : plain
    const clock = await followClock(clockUrl, { log, mayMove: () => isRehearsal(database, clouds) })
    closing.add('connections', 'rehearsal clock', () => clock.stop())
    const overrides: Overrides = {
      // A moved clock would sign everyone out.
      sessionClock: machineClock,
      cloudProviders: (cloudProviders) => onlyInTime(cloudProviders, clouds, clock),
    }
    if (chaos) overrides.transports = (transports) => chaos.transports(transports)
    return { clock, database, overrides }
  }
}
