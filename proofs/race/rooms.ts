/** The rooms that a refresh passes through, put together as the server does it, with a clock that is told the time. */
import {
  createAuthorizationServer,
  createCloudProviders,
  createClouds,
  loadClouds,
} from '../../server/src/cloud-providers/index.ts'
import { createDatabase } from '../../server/src/database/index.ts'
import { createEvents } from '../../server/src/events/index.ts'
import { createEgress } from '../../server/src/kernel/egress.ts'
import { createKeyRing } from '../../server/src/kernel/key-ring.ts'
import { createLog } from '../../server/src/kernel/log.ts'
import { createPostgresGrantVault } from '../../server/src/tokens/postgres-grant-vault.ts'
import { createClientRequests } from '../../server/src/tokens/client-requests.ts'
import { createCredentialTrial } from '../../server/src/tokens/credential-trial.ts'
import { createTokenEndpoint } from '../../server/src/tokens/token-endpoint.ts'
import { createTokenRequests } from '../../server/src/tokens/token-requests.ts'

/** Values shared by parent and workers. */
export interface Stage {
  databaseUrl: string
  /** Origin of the authorization server. */
  authority: string
  /** Key of the key ring, base64. */
  key: string
  nowMs: number
}

export async function openRooms(stage: Stage) {
  const time = { nowMs: stage.nowMs }
  const clock = { now: () => new Date(time.nowMs) }
  const database = await createDatabase(stage.databaseUrl, { log: createLog({ level: 'silent' }) })
  const keyRing = createKeyRing([{ id: 'race', key: Buffer.from(stage.key, 'base64') }], 'race')
  const events = createEvents(database)
  const global = (await loadClouds()).get('global')
  const clouds = createClouds([{ ...global, authority: stage.authority, allowsHttpLoopback: true }])
  const egress = createEgress({ allowPrivate: (origin) => origin === stage.authority })
  const authorizationServer = createAuthorizationServer(egress)
  const tokenRequests = createTokenRequests(egress, clock)
  const audit = { record: () => Promise.resolve() }
  const redirectUri = 'https://postkey.contoso.example/oauth/callback'
  const cloudProviders = createCloudProviders({
    database,
    keyRing,
    clock,
    clouds,
    authorizationServer,
    tryCredential: createCredentialTrial(tokenRequests),
    audit,
    events,
    redirectUri,
  })
  return {
    time,
    clock,
    database,
    keyRing,
    cloudProviders,
    vault: createPostgresGrantVault({ database, keyRing, clock, events }),
    endpoint: createTokenEndpoint({
      cloudProviders,
      requestToken: createClientRequests({ cloudProviders, tokenRequests }),
      clock,
    }),
    async close() {
      await events.close()
      await egress.close()
      await database.close()
    },
  }
}
