import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { hostname, tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeEach, expect, it } from 'vitest'
import { createTestApp, createTestClock, testDatabase } from '../../../test/kit/index.ts'
import { deleteOldEntries } from '../../audit/index.ts'

const MINUTE_MS = 60_000
const folder = mkdtempSync(join(tmpdir(), 'postkey-audit-'))
afterAll(() => rmSync(folder, { recursive: true }))
const auditFile = join(folder, 'audit.jsonl')
const database = await testDatabase()
const clock = createTestClock()
const { ask, person, rooms, auditForwarding } = await createTestApp(database, clock, { auditFile })
const admin = await person('admin')

beforeEach(async () => {
  await database.pool.query('DELETE FROM audit_forwards')
  rmSync(auditFile, { recursive: true, force: true })
})

it('has its lag in the metrics, and its failure in the doctor and as an incident', async () => {
  mkdirSync(auditFile)
  clock.advance(90_000)
  await auditForwarding.forward()
  expect(await lag()).toBeGreaterThanOrEqual(90)
  expect(await look()).toMatchObject({
    outcome: 'wrong',
    code: 'audit.forwarding_failed',
    facts: [{ name: auditFile, value: expect.stringMatching(/^failing since .*EISDIR\), oldest/) as string }],
  })
  clock.advance(15 * MINUTE_MS)
  await auditForwarding.forward()
  expect(await openIncidents()).toEqual(['audit.forwarding_failed'])
  rmSync(auditFile, { recursive: true })
  clock.advance(10 * MINUTE_MS)
  await auditForwarding.forward()
  expect(await openIncidents()).toEqual([])
  expect(await look()).toMatchObject({ outcome: 'ok' })
})

it('is wrong in the doctor while entries wait without a failure', async () => {
  await database.pool.query(
    `INSERT INTO audit_forwards (target, destination, used_at, since) VALUES ('file', $1, $2, $2)`,
    [`${auditFile} on ${hostname()}`, clock.now()],
  )
  expect(await look()).toMatchObject({ outcome: 'ok' })
  clock.advance(15 * MINUTE_MS)
  expect(await look()).toMatchObject({ outcome: 'wrong', code: 'audit.forwarding_failed' })
})

it('names another destination of another server in the doctor', async () => {
  await database.pool.query(
    `INSERT INTO audit_forwards (target, destination, used_at, since) VALUES ('file', '/other on host', $1, $1)`,
    [clock.now()],
  )
  expect(await look()).toMatchObject({
    outcome: 'wrong',
    code: 'audit.destination_differs',
    facts: [{ value: expect.stringContaining('/other on host') as string }],
  })
})

it('reports entries that were deleted unsent in the doctor and as an incident', async () => {
  await database.pool.query(
    `INSERT INTO audit_forwards (target, destination, used_at, since) VALUES ('file', $1, $2, $2)`,
    [`${auditFile} on ${hostname()}`, clock.now()],
  )
  const now = clock.now()
  const count = await deleteOldEntries(database.db, { before: now, now, limit: 1_000 })
  expect(count).toBeGreaterThan(0)
  clock.advance(MINUTE_MS)
  await auditForwarding.forward()
  expect(await look()).toMatchObject({
    outcome: 'wrong',
    code: 'audit.deleted_unsent',
    facts: [{ value: expect.stringContaining(`${count} entries deleted before they were forwarded`) as string }],
  })
  expect(await openIncidents()).toEqual(['audit.deleted_unsent'])
})

it('begins with the service of the server, and adds names', async () => {
  const { name } = await person('agent')
  auditForwarding.start()
  const written = () =>
    readFileSync(auditFile, { encoding: 'utf8', flag: 'a+' })
      .split('\n')
      .slice(0, -1)
      .map((line) => JSON.parse(line) as unknown)
  await expect.poll(written).toContainEqual(expect.objectContaining({ action: 'person.joined', subjectName: name }))
  await auditForwarding.stop()
  expect(await lag()).toBe(0)
  expect(await look()).toMatchObject({
    outcome: 'ok',
    facts: [{ name: auditFile, value: 'oldest waiting entry: 0 s' }],
  })
})

async function lag(): Promise<number> {
  const { text } = await ask('GET /metrics', { as: admin })
  return Number(/^postkey_audit_forwarding_lag_seconds\{target="file"\} (\S+)$/m.exec(text)?.[1])
}

async function look() {
  const { lines } = await rooms.doctor.examine()
  return lines.find(({ what }) => what === 'audit-forwarding')
}

async function openIncidents(): Promise<string[]> {
  const { rows } = await database.pool.query<{ code: string }>(
    'SELECT code FROM installation_troubles WHERE ended_at IS NULL',
  )
  return rows.map(({ code }) => code)
}
