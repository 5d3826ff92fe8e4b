/**
 * Refreshes under fire: three processes with twenty callers each, through many expiries, on one PostgreSQL, while
 * processes are killed. One JSON line for each way in which an authorization server can treat refresh tokens.
 *
 * Usage: npm run race [-- --json] [--expiries 200]. Exit code 1 when a promise was broken.
 */
import { randomBytes } from 'node:crypto'
import { chmodSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { createKeyRecords } from '../../server/src/cloud-providers/index.ts'
import { createDatabase, migrate, startEmbeddedPostgres } from '../../server/src/database/index.ts'
import { checkKeyRing } from '../../server/src/kernel/key-ring.ts'
import { Secret } from '../../server/src/kernel/secret.ts'
import { startCountingAuthorizationServer } from './authorization-server.ts'
import { CALLERS, PROCESSES, startCrew } from './worker-group.ts'
import { brokenPromises, type Line, MODES, runMode } from './race.ts'
import { openRooms, type Stage } from './rooms.ts'

const LIFETIME_MS = 60 * 60 * 1000

const { values: options } = parseArgs({
  options: { json: { type: 'boolean', default: false }, expiries: { type: 'string', default: '200' } },
})
const expiries = Number(options.expiries)
if (!Number.isInteger(expiries) || expiries < 20) {
  console.error('--expiries is a number from 20 on: below, not every point is killed at.')
  process.exit(2)
}

const folder = mkdtempSync(join(tmpdir(), 'postkey-race-'))
// PostgreSQL is another user where this one is root.
chmodSync(folder, 0o711)
const postgres = await startEmbeddedPostgres({ dataFolder: folder, durable: false })
const server = await startCountingAuthorizationServer(LIFETIME_MS / 1000)
try {
  const stage: Stage = {
    databaseUrl: postgres.url,
    authority: server.origin,
    key: randomBytes(32).toString('base64'),
    nowMs: Date.parse('2026-11-02T09:00:00Z'),
  }
  const clock = { now: () => new Date(stage.nowMs) }
  const database = await createDatabase(stage.databaseUrl)
  await migrate(database, clock)
  await database.close()
  const rooms = await openRooms(stage)
  await checkKeyRing(rooms.keyRing, createKeyRecords(rooms.database), clock)

  const crew = await startCrew(stage)
  for (const mode of MODES) {
    const { id: providerId } = await rooms.cloudProviders.create(
      {
        name: mode.name,
        cloud: 'global',
        accountTypes: 'single-tenant',
        tenantId: '5f9c1c3e-6d1b-4a57-9b1e-2c0a8f3d7e11',
        clientId: crypto.randomUUID(),
        contact: 'ada@contoso.example',
        credential: { kind: 'secret', secret: new Secret('good'), expiresAt: undefined },
      },
      'person:ada',
    )
    const line = await runMode(mode, expiries, { stage, rooms, crew, server, providerId, lifetimeMs: LIFETIME_MS })
    console.log(options.json ? JSON.stringify(line) : inWords(line))
    for (const promise of brokenPromises(line, mode)) {
      console.error(`${mode.name}: not kept: ${promise}`)
      process.exitCode = 1
    }
  }
  crew.end()
  await rooms.close()
} finally {
  server.close()
  await postgres.stop()
  rmSync(folder, { recursive: true, force: true })
}

function inWords({ mode, seconds, ...counts }: Line): string {
  const figures = Object.entries(counts).map(([name, count]) => `${name} ${count}`)
  return `${mode} (${PROCESSES} processes × ${CALLERS} callers, ${seconds} s): ${figures.join(', ')}`
}
