/** A server beside a sandbox, as `main.ts` starts it. */
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { startServer, type Server } from '../src/server.ts'
import { readRehearsal } from './read-rehearsal.ts'
import {
  createTestClock,
  silentLog,
  storeEmailAccount,
  testDatabase,
  type StoredEmailAccount,
  WAIT,
} from '../test/kit/index.ts'
import { freePort } from '../../mail-servers/free-port.ts'

const DAY_MS = 24 * 60 * 60 * 1000
/** A ticker reads its clock twice a second, and due work starts within seconds. */

const database = await testDatabase()
const folder = mkdtempSync(join(tmpdir(), 'postkey-server-'))
const otherClock = createServer((_, response) => void response.end(JSON.stringify({ offsetMs })))
let offsetMs = 0
let machineAsked = 0
let server: Server
let account: StoredEmailAccount

beforeAll(async () => {
  otherClock.listen(0, 'localhost')
  await once(otherClock, 'listening')
  const { config, wrap } = readRehearsal({
    ...{ DATABASE_URL: database.url, PUBLIC_URL: 'http://localhost:8400', PORT: String(await freePort()) },
    ...{ POSTKEY_DATA: join(folder, 'data'), POSTKEY_KEY_FILE: join(folder, 'keys') },
    ...{ POSTKEY_CLOCK: `http://localhost:${portOf(otherClock)}/api/clock` },
  })
  server = await startServer(config, silentLog, { now: () => (machineAsked++, new Date()) }, { wrap })
  account = await storeEmailAccount(database, createTestClock(new Date()))
  await postponeUntil(new Date(Date.now() + DAY_MS))
})
afterAll(async () => {
  await server.close()
  otherClock.close()
  rmSync(folder, { recursive: true })
})

describe('a server that follows the clock of a sandbox', () => {
  it('does not use the clock of the machine while it runs', async () => {
    machineAsked = 0
    await new Promise((resolve) => setTimeout(resolve, 1500))

    expect(machineAsked).toBe(0)
  })

  it('checks Cloud Providers and backup sign-ins that its move made due', async () => {
    offsetMs = 2 * DAY_MS
    const moved = Date.now() + offsetMs

    // A check that has run is due again, not before the moved time.
    await vi.waitFor(async () => {
      const { provider, backupSignIn } = await dueTimes()
      expect(provider.getTime()).toBeGreaterThan(moved)
      expect(backupSignIn?.getTime()).toBeGreaterThan(moved)
    }, WAIT)
  })
})

async function postponeUntil(at: Date): Promise<void> {
  await database.db.updateTable('cloud_providers').set({ due_at: at }).execute()
  await database.db
    .updateTable('email_accounts')
    .set({ stand_by_grant_id: account.grantId, stand_by_due_at: at })
    .execute()
}

async function dueTimes(): Promise<{ provider: Date; backupSignIn: Date | null }> {
  const { db } = database
  const provider = await db.selectFrom('cloud_providers').select('due_at').executeTakeFirstOrThrow()
  const backupSignIn = await db.selectFrom('email_accounts').select('stand_by_due_at').executeTakeFirstOrThrow()
  return { provider: provider.due_at, backupSignIn: backupSignIn.stand_by_due_at }
}

function portOf(listening: ReturnType<typeof createServer>): number {
  return (listening.address() as AddressInfo).port
}
