/**
 * Process that connects the rows of batches, so that it can be killed.
 *
 * Usage: node killed-worker.ts DATABASE-URL GRAPH CLOUD-PROVIDER TENANT, with an access token in WORKER_ACCESS_TOKEN.
 */
import { createAccountBatches } from '../../../src/account-batches/index.ts'
import { createAudit } from '../../../src/audit/index.ts'
import { createDatabase } from '../../../src/database/index.ts'
import { createEmailAccounts } from '../../../src/email-accounts/index.ts'
import { createEvents } from '../../../src/events/index.ts'
import { systemClock as clock } from '../../../src/kernel/clock.ts'
import { createEgress } from '../../../src/kernel/egress.ts'
import type { CloudProviderId } from '../../../src/kernel/ids.ts'
import { Secret } from '../../../src/kernel/secret.ts'
import { createSyncStates } from '../../../src/sync/index.ts'
import { createCallBudget, createGraphTransport } from '../../../src/transports/index.ts'
import { silentLog as log } from '../../kit/silent-log.ts'

const [url, graphRoot, cloudProviderId, tenantId] = process.argv.slice(2) as [string, string, CloudProviderId, string]
const value = new Secret(process.env.WORKER_ACCESS_TOKEN ?? '')
const database = await createDatabase(url, { log })
const events = createEvents(database)
const audit = createAudit(database, clock)
const unused = () => Promise.reject(new TypeError('not used by this process'))
const emailAccounts = createEmailAccounts({
  ...{ database, clock, events, audit },
  syncStates: createSyncStates({ clock }),
  transports: {
    canSendBy: () => Promise.resolve(true),
    open: ({ address }) =>
      Promise.resolve(
        createGraphTransport({
          cloud: { graphRoot, scopePrefixes: { exchange: 'https://outlook.office.com/' }, allowsHttpLoopback: true },
          egress: createEgress({ allowPrivate: (origin) => origin === graphRoot }),
          clock,
          accessToken: () => Promise.resolve({ value, expiresAt: new Date('2099-01-01T00:00:00Z') }),
          discard: () => Promise.resolve(),
          ...{ address, principal: 'application', budget: createCallBudget({ clock }) },
        }),
      ),
  },
  cloudProviders: {
    get: () => Promise.resolve({ id: cloudProviderId, tenantId, accountTypes: 'single-tenant' } as never),
  },
  cloudProviderOf: unused,
  countsOf: unused,
  unsentOf: unused,
})
const { accountBatches } = createAccountBatches({
  ...{ database, clock, events, audit, log, emailAccounts },
  resolve: unused,
  grants: { get: unused },
  transports: { pausedUntil: () => undefined },
  mayConnect: () => Promise.resolve(true),
  addMembers: unused,
})
await accountBatches.runDue()
await database.close()
