import { readConfig, type Config } from '../src/config.ts'
import { AppError } from '../src/kernel/errors.ts'
import type { Wrapper } from '../src/open-rooms.ts'
import type { Environment } from '../src/variables.ts'
import { readChaosOrders } from './chaos-points.ts'
import { createRehearsal } from './rehearsal.ts'

export interface RehearsalSettings {
  config: Config
  /** Clock of the sandbox; `undefined` without one. */
  clock: URL | undefined
  /** For `startServer` and `openRooms`; `undefined` without a clock. */
  wrap: Wrapper | undefined
}

const CLOCK = `The clock of a sandbox on this machine, which Postkey follows so that one move ages both. A moved clock is ignored while there are Cloud Providers of other machines.`
const CHAOS = `Named steps at which this process is killed (step:nth) or stopped (step:nth:stop), comma-separated. Refused without POSTKEY_CLOCK, and while there are Cloud Providers of other machines.`

/**
 * Reads the two variables of a rehearsal, and the configuration of Postkey from all others.
 *
 * @throws {AppError} `config.faulty` with every fault of the two variables, or every fault of the others
 */
export function readRehearsal(env: Environment): RehearsalSettings {
  const { POSTKEY_CLOCK, POSTKEY_CHAOS, ...others } = env
  const [clock, chaos] = [POSTKEY_CLOCK?.trim(), POSTKEY_CHAOS?.trim()]
  const orders = chaos ? readChaosOrders(chaos) : []
  const faults: string[] = []
  if (clock && !isOfThisMachine(clock)) {
    faults.push(`POSTKEY_CLOCK must be an address of this machine, such as http://localhost:8413/api/clock. ${CLOCK}`)
  }
  if (chaos && !clock)
    faults.push(`POSTKEY_CHAOS is for rehearsals, with the clock of a sandbox (POSTKEY_CLOCK). ${CHAOS}`)
  else if (!orders) faults.push(`POSTKEY_CHAOS must be step:nth or step:nth:stop, comma-separated. ${CHAOS}`)
  if (faults.length > 0) throw new AppError('config.faulty', { cause: new Error(faults.join('\n')) })

  const url = clock ? new URL(clock) : undefined
  return { config: readConfig(others), clock: url, wrap: url && createRehearsal(url, orders ?? []) }
}

/** The clock decides when sessions and tokens expire, so no other machine may set it. */
function isOfThisMachine(clock: string): boolean {
  const url = URL.parse(clock)
  return url?.protocol === 'http:' && /^(localhost|127\.0\.0\.1|\[::1\])$/.test(url.hostname)
}
