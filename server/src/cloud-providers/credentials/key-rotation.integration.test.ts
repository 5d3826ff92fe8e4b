/** Key rotation while servers run, and a permanently lost key. */
import { randomBytes } from 'node:crypto'
import { mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { sql } from 'kysely'
import { afterAll, describe, expect, it, vi } from 'vitest'
import { type GrantId, newId } from '../../kernel/ids.ts'
import { createKeyRing, type EncryptionKey, type KeyRing, makeEncryptionKey } from '../../kernel/key-ring.ts'
import { openKeys } from '../../keys.ts'
import { Secret } from '../../kernel/secret.ts'
import { createSignInStage, WAIT, waitingFor } from '../../../test/kit/index.ts'
import { createKeyRecords } from './key-records.ts'
import { createKeyRotation } from './key-rotation.ts'
import { SEALED_COLUMNS } from './sealed-columns.ts'

const HOUR_MS = 60 * 60 * 1000

const stage = await createSignInStage()
const { database, clock, key: FIRST, signIn, server, begin } = stage
const records = createKeyRecords(database)
const held: EncryptionKey[] = [FIRST]
let keyNumber = 0
const rotations: object[] = []
const audit = {
  async record(_tx: unknown, entry: object) {
    rotations.push(entry)
  },
}

/** Key ring with a new key before the existing ones, which are shared between tests. */
async function ringWithNewKey(): Promise<{ fresh: EncryptionKey; keyRing: KeyRing }> {
  const fresh = { id: `key-${++keyNumber}`, key: randomBytes(32) }
  held.unshift(fresh)
  await records.add({ keyId: fresh.id, checkValue: Buffer.alloc(1), at: clock.now() })
  return { fresh, keyRing: createKeyRing(held, fresh.id) }
}

const rotate = (keyRing: KeyRing, onProgress: () => void = () => undefined) =>
  createKeyRotation(database, keyRing, records, audit).rotate(onProgress)

async function idsInUse(): Promise<string[]> {
  const all = await Promise.all(
    SEALED_COLUMNS.map(({ table }) =>
      database.pool.query<{ key_id: string }>(`SELECT DISTINCT key_id FROM ${table} WHERE key_id IS NOT NULL`),
    ),
  )
  return [...new Set(all.flatMap(({ rows }) => rows.map(({ key_id }) => key_id)))]
}

async function signedInAs(objectId: string): Promise<GrantId> {
  const outcome = await signIn({ objectId })
  if (outcome.kind !== 'granted') throw new Error('not signed in')
  return outcome.grantId
}

describe('the list of sealed columns', () => {
  it('contains every reference to a key, because a missing column would be lost with its key', async () => {
    const { rows } = await database.pool.query<{ name: string }>(
      `SELECT conrelid::regclass::text AS name FROM pg_constraint
       WHERE contype = 'f' AND confrelid = 'encryption_keys'::regclass`,
    )

    expect(SEALED_COLUMNS.map(({ table }) => table).sort()).toEqual(rows.map(({ name }) => name).sort())
  })
})

describe('a key rotation', () => {
  it('seals every row again while a server uses the old key, and reports the keys that can be removed', async () => {
    const ids = await Promise.all(Array.from({ length: 12 }, () => signedInAs(newId())))
    await begin()
    const { fresh, keyRing } = await ringWithNewKey()
    // Two servers: one has read the new key file; the other has not yet made the new key current and seals under the
    // old one.
    const old = stage.startProcess(database, {}, createKeyRing(held, FIRST.id))
    clock.advance(2 * HOUR_MS)

    const [result] = await Promise.all([rotate(keyRing), ...ids.map((id) => old.accessTokens.get(id, 'graph'))])
    const again = await rotate(keyRing)

    expect(result.unreadable).toEqual([])
    expect(rotations[0]).toMatchObject({ action: 'encryption_key.rotated', subject: keyRing.currentId, actor: 'cli' })
    expect(rotations[0]).toMatchObject({ detail: { resealed: result.resealed, unreadable: [] } })
    expect(again).toMatchObject({ currentKeyId: keyRing.currentId, unreadable: [], behind: 0, stillNeeded: [] })
    expect(again.canBeDropped).toEqual([FIRST.id])
    expect(await idsInUse()).toEqual([keyRing.currentId])
    expect(server.replays).toBe(0)

    // Everything can be opened without the old key, including the registration's secret and a pending sign-in.
    const renewed = stage.startProcess(database, {}, createKeyRing([fresh], fresh.id))
    clock.advance(2 * HOUR_MS)
    await Promise.all(ids.map((id) => renewed.accessTokens.get(id, 'graph')))
    expect((await rotate(keyRing)).resealed).toBe(0)
  })

  it('never restores a token that a server has replaced meanwhile', async () => {
    const grantId = await signedInAs(newId())
    const { keyRing } = await ringWithNewKey()
    const context = `grants.refresh_token:${grantId}`
    const newer = stage.keyRing.seal(new Secret('newer'), context)
    const begun = Promise.withResolvers<Promise<unknown>>()
    await database.transaction(async (tx) => {
      // The rotation reads, and waits for the lock to write.
      await sql`LOCK TABLE grants IN SHARE MODE`.execute(tx)
      begun.resolve(rotate(keyRing))
      await vi.waitUntil(async () => (await waitingFor(database, { table: 'grants' })) > 0, WAIT)
      await tx.updateTable('grants').set({ refresh_token: newer.sealed }).where('id', '=', grantId).execute()
    })
    await begun.promise

    const row = await database.db.selectFrom('grants').selectAll().where('id', '=', grantId).executeTakeFirstOrThrow()
    expect(row.key_id).toBe(keyRing.currentId)
    expect(keyRing.open({ sealed: row.refresh_token, keyId: row.key_id }, context).reveal()).toBe('newer')
  })

  it('continues an interrupted one', async () => {
    for (let number = 0; number < 3; number++) await signedInAs(newId())
    const { keyRing } = await ringWithNewKey()
    let batches = 0
    const dies = () => {
      if (++batches === 2) throw new Error('killed')
    }
    await expect(rotate(keyRing, dies)).rejects.toThrow('killed')
    expect((await idsInUse()).length).toBeGreaterThan(1)

    await rotate(keyRing)

    expect(await idsInUse()).toEqual([keyRing.currentId])
  })

  it('counts rows that no key opens, leaves them unchanged, and reports their key as still needed', async () => {
    const grantId = await signedInAs(newId())
    const { keyRing } = await ringWithNewKey()
    await database.pool.query(`UPDATE grants SET refresh_token = '\\x00'::bytea, key_id = 'test' WHERE id = $1`, [
      grantId,
    ])

    const { unreadable, stillNeeded, canBeDropped } = await rotate(keyRing)

    expect(unreadable).toEqual([{ table: 'grants', count: 1 }])
    expect(stillNeeded).toEqual(['test'])
    expect(canBeDropped).not.toContain('test')
    const { rows } = await database.pool.query(`SELECT refresh_token FROM grants WHERE id = $1`, [grantId])
    expect(rows).toEqual([{ refresh_token: Buffer.from([0]) }])
  })
})

describe('a lost key', () => {
  const folder = mkdtempSync(join(tmpdir(), 'postkey-keys-'))
  const file = join(folder, 'keys')
  afterAll(() => rmSync(folder, { recursive: true, force: true }))
  const lineOf = ({ id, key }: EncryptionKey) => `${id} ${key.toString('base64')}\n`

  it('prevents Postkey from starting and is never replaced automatically, until an admin declares it lost', async () => {
    await database.pool.query('TRUNCATE encryption_keys CASCADE')
    const lost = makeEncryptionKey()
    writeFileSync(file, lineOf(lost))
    await openKeys({ file }, records, clock)
    renameSync(file, `${file}.away`)
    await expect(openKeys({ file }, records, clock)).rejects.toMatchObject({ code: 'kernel.key_missing' })
    await expect(openKeys({ file }, records, clock, 'typo')).rejects.toMatchObject({ code: 'kernel.key_unknown' })
    await expect(openKeys({ file }, records, clock)).rejects.toMatchObject({ code: 'kernel.key_missing' })

    const { keyRing } = await openKeys({ file }, records, clock, lost.id)

    expect(keyRing.ids).not.toContain(lost.id)
    await expect(openKeys({ file }, records, clock)).resolves.toMatchObject({ keyRing: { ids: keyRing.ids } })
    await expect(openKeys({ file }, records, clock, keyRing.currentId)).rejects.toMatchObject({
      code: 'kernel.key_not_lost',
    })
  })
})
