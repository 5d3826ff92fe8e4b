/**
 * For tests: a process that does nothing but sync, so that it can be killed.
 *
 * Usage: node worker.ts DATABASE-URL GRAPH ADDRESS, with the access token in the environment, and where
 * it is to end (WORKER_CHAOS, as POSTKEY_CHAOS of a server).
 */
import { chaosAround } from '../../rehearsal/chaos.ts'
import { createDatabase } from '../../src/database/index.ts'
import { createChaos, readChaosOrders } from '../../rehearsal/chaos-points.ts'
import { systemClock } from '../../src/kernel/clock.ts'
import { createEgress } from '../../src/kernel/egress.ts'
import { Secret } from '../../src/kernel/secret.ts'
import { createCallBudget, createGraphTransport } from '../../src/transports/index.ts'
import { createStage } from './stage.ts'

const [databaseUrl, graphRoot, address] = process.argv.slice(2) as [string, string, string]
const value = new Secret(process.env.WORKER_ACCESS_TOKEN ?? '')
const transport = createGraphTransport({
  cloud: { graphRoot, scopePrefixes: { exchange: 'https://outlook.office.com/' }, allowsHttpLoopback: true },
  egress: createEgress({ allowPrivate: (origin) => origin === graphRoot }),
  clock: systemClock,
  accessToken: () => Promise.resolve({ value, expiresAt: new Date('2099-01-01T00:00:00Z') }),
  discard: () => Promise.resolve(),
  address: 'me',
  budget: createCallBudget({ clock: systemClock }),
})
const chaos = chaosAround(createChaos(readChaosOrders(process.env.WORKER_CHAOS ?? '') ?? []))
const database = chaos.database(await createDatabase(databaseUrl))
const { open } = chaos.transports({ open: () => Promise.resolve(transport) })
await createStage(database, systemClock, new Map([[address, await open()]])).sync.start()
