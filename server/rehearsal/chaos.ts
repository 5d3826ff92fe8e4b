/** Named points around mail servers and the database at which a process can be killed or stopped. */
import type { Clouds } from '../src/cloud-providers/index.ts'
import type { Database, Tx } from '../src/database/index.ts'
import { AppError } from '../src/kernel/errors.ts'
import { createChaos, withPoints, type At, type ChaosOrder, type Points } from './chaos-points.ts'
import { isRehearsal } from './rehearsal-clock.ts'

/** Calls to mail servers. Between two points lies one transaction of the database, or one request to a server. */
const OF_A_MAIL_SERVER: Points = {
  changes: [undefined, 'page-read'],
  fetchMessage: [undefined, 'message-fetched'],
  createDraft: ['before-draft', 'draft-made'],
  sendDraft: ['before-send', 'send-answered'],
  send: ['before-send', 'send-answered'],
  appendSent: ['before-copy', 'copy-appended'],
  findSent: [undefined, 'copy-looked-for'],
}

/** In the order of the work: reading, sending, then the database used by both. */
export const CHAOS_STEPS = [
  'claimed',
  ...new Set(Object.values(OF_A_MAIL_SERVER).flatMap((points) => points.filter((step) => step !== undefined))),
  'before-commit',
  'committed',
]

export interface ChaosAround {
  /** Adds the point `claimed`: after a claim, before the first request. */
  transports<T extends { open: (...given: never[]) => Promise<object> }>(transports: T): T
  database(database: Database): Database
}

/**
 * Chaos that carries out `orders`; `undefined` without orders.
 *
 * @throws {AppError} `config.faulty` while a Cloud Provider of another machine exists, as that one has real mail
 */
export async function chaosOf(
  orders: readonly ChaosOrder[],
  database: Database,
  clouds: Clouds,
): Promise<ChaosAround | undefined> {
  if (orders.length === 0) return undefined
  if (!(await isRehearsal(database, clouds))) {
    throw new AppError('config.faulty', {
      cause: new Error(
        'POSTKEY_CHAOS is for rehearsals, and there is a Cloud Provider of another machine. Unset POSTKEY_CHAOS.',
      ),
    })
  }
  return chaosAround(createChaos(orders))
}

/** Calls `at` at each of `CHAOS_STEPS`. */
export function chaosAround(at: At): ChaosAround {
  return {
    transports: (transports) => ({
      ...transports,
      async open(...given: Parameters<typeof transports.open>) {
        at('claimed')
        return withPoints(await transports.open(...given), OF_A_MAIL_SERVER, at)
      },
    }),
    database: (database) => ({
      ...database,
      async transaction<T>(work: (tx: Tx) => Promise<T>): Promise<T> {
        const result = await database.transaction(async (tx) => {
          const done = await work(tx)
          at('before-commit')
          return done
        })
        at('committed')
        return result
      },
      async oneStatement(statement) {
        at('before-commit')
        const result = await database.oneStatement(statement)
        at('committed')
        return result
      },
    }),
  }
}
