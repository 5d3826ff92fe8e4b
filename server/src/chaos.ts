/** The named points of a server in a rehearsal, at which it can be ended: around its mail servers and its database. */
import type { Clouds } from './cloud-providers/index.ts'
import type { Config } from './config.ts'
import type { Database, Tx } from './database/index.ts'
import { createChaos, withPoints, type At, type Points } from './kernel/chaos.ts'
import { AppError } from './kernel/errors.ts'
import { isRehearsal } from './rehearsal-clock.ts'

/**
 * Where sending and reading go out of the house. What lies between two of these is written into the database in one
 * transaction, or is asked of a server in one request.
 */
const OF_A_MAIL_SERVER: Points = {
  changes: [undefined, 'page-read'],
  fetchMessage: [undefined, 'message-fetched'],
  createDraft: ['before-draft', 'draft-made'],
  sendDraft: ['before-send', 'send-answered'],
  send: ['before-send', 'send-answered'],
  appendSent: ['before-copy', 'copy-appended'],
  findSent: [undefined, 'copy-looked-for'],
}

/** In the order of the work: reading, then sending, then the database below both. */
export const CHAOS_STEPS = [
  'claimed',
  ...new Set(Object.values(OF_A_MAIL_SERVER).flatMap((points) => points.filter((step) => step !== undefined))),
  'before-commit',
  'committed',
]

export interface ChaosAround {
  /** After a claim, and before anything is asked. */
  transports<T extends { open: (...given: never[]) => Promise<object> }>(transports: T): T
  database(database: Database): Database
}

/**
 * @throws {AppError} `config.faulty` where there is a Cloud Provider elsewhere: real mail is no place for rehearsals
 */
export async function chaosOf(config: Config, database: Database, clouds: Clouds): Promise<ChaosAround | undefined> {
  if (config.chaos.length === 0) return undefined
  if (!(await isRehearsal(database, clouds))) {
    throw new AppError('config.faulty', {
      cause: new Error('POSTKEY_CHAOS is for rehearsals, and there is a Cloud Provider elsewhere.'),
    })
  }
  return chaosAround(createChaos(config.chaos))
}

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
