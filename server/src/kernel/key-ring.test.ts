import { randomBytes } from 'node:crypto'
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { openKeyFile } from './key-file.ts'
import { checkKeyRing, createKeyRing, type KeyRecords, makeEncryptionKey } from './key-ring.ts'
import { Secret } from './secret.ts'

const clock = { now: () => new Date('2026-11-02T09:00:00Z') }
const FIRST = { id: 'first', key: randomBytes(32) }
const SECOND = { id: 'second', key: randomBytes(32) }

describe('a key ring', () => {
  it('opens what it sealed', () => {
    const ring = createKeyRing([FIRST], 'first')

    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), fc.string(), (text, context) => {
        expect(ring.open(ring.seal(new Secret(text), context), context).reveal()).toBe(text)
      }),
    )
  })

  it('never seals the same secret to the same bytes', () => {
    const ring = createKeyRing([FIRST], 'first')
    const seal = () => ring.seal(new Secret('refresh-1'), 'a').sealed.toString('hex')

    expect(new Set(Array.from({ length: 20 }, seal)).size).toBe(20)
  })

  it('refuses a value copied into another row', () => {
    const ring = createKeyRing([FIRST], 'first')
    const sealed = ring.seal(new Secret('refresh-1'), 'grants.refresh_token:1')

    expect(() => ring.open(sealed, 'grants.refresh_token:2')).toThrow(/decrypt/)
  })

  it('refuses a value with any single bit changed', () => {
    const ring = createKeyRing([FIRST], 'first')
    const { sealed, keyId } = ring.seal(new Secret('refresh-1'), 'a')

    for (let bit = 0; bit < sealed.length * 8; bit++) {
      const changed = Buffer.from(sealed)
      changed[bit >> 3]! ^= 1 << (bit & 7)
      expect(() => ring.open({ sealed: changed, keyId }, 'a')).toThrow(/decrypt/)
    }
    expect(() => ring.open({ sealed: sealed.subarray(0, 20), keyId }, 'a')).toThrow(/decrypt/)
  })

  it('seals with the current key and opens values sealed with older keys', () => {
    const old = createKeyRing([FIRST], 'first').seal(new Secret('refresh-1'), 'a')
    const rotated = createKeyRing([SECOND, FIRST], 'second')

    expect(rotated.open(old, 'a').reveal()).toBe('refresh-1')
    expect(rotated.seal(new Secret('refresh-2'), 'a').keyId).toBe('second')
    expect(() => createKeyRing([SECOND], 'second').open(old, 'a')).toThrow(/is missing/)
  })

  it('refuses keys of another length and a second key with the same id', () => {
    expect(() => createKeyRing([{ id: 'short', key: randomBytes(16) }], 'short')).toThrow(TypeError)
    expect(() => createKeyRing([FIRST, { ...SECOND, id: 'first' }], 'first')).toThrow(TypeError)
    expect(() => createKeyRing([FIRST], 'second')).toThrow(TypeError)
  })
})

describe('the key ring check at startup', () => {
  it('records the current key and accepts the same ring again', async () => {
    const records = new MemoryRecords()
    await checkKeyRing(createKeyRing([FIRST], 'first'), records, clock)
    await checkKeyRing(createKeyRing([FIRST], 'first'), records, clock)

    expect(records.rows.map(({ keyId }) => keyId)).toEqual(['first'])
  })

  it('refuses a wrong key with the right id', async () => {
    const records = new MemoryRecords()
    await checkKeyRing(createKeyRing([FIRST], 'first'), records, clock)
    const wrong = createKeyRing([{ ...SECOND, id: 'first' }], 'first')

    await expect(checkKeyRing(wrong, records, clock)).rejects.toMatchObject({ code: 'kernel.key_wrong' })
  })

  it('refuses a ring that lacks a key of sealed rows, and records nothing', async () => {
    const records = new MemoryRecords()
    await checkKeyRing(createKeyRing([FIRST], 'first'), records, clock)
    records.inUse.add('first')

    await expect(checkKeyRing(createKeyRing([SECOND], 'second'), records, clock)).rejects.toMatchObject({
      code: 'kernel.key_missing',
      remedy: 'admin',
    })
    expect(records.rows).toHaveLength(1)
  })

  it('allows the removal of a key that no row uses', async () => {
    const records = new MemoryRecords()
    await checkKeyRing(createKeyRing([FIRST], 'first'), records, clock)

    await checkKeyRing(createKeyRing([SECOND], 'second'), records, clock)

    expect(records.rows.map(({ keyId }) => keyId)).toEqual(['first', 'second'])
  })
})

describe('the key file', () => {
  let folder: string
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'postkey-key-'))
  })
  afterEach(() => rm(folder, { recursive: true }))

  it('is created at the first start, readable only by its owner, and reused at the next', async () => {
    const path = join(folder, 'keys', 'key')
    const ring = await openKeyFile(path, new MemoryRecords())
    const again = await openKeyFile(path, new MemoryRecords())

    expect((await stat(path)).mode & 0o777).toBe(0o600)
    expect(again.open(ring.seal(new Secret('a'), 'b'), 'b').reveal()).toBe('a')
  })

  it('is the same for processes that start at once', async () => {
    const path = join(folder, 'key')
    const rings = await Promise.all(Array.from({ length: 8 }, () => openKeyFile(path, new MemoryRecords())))

    expect(new Set(rings.map(({ currentId }) => currentId)).size).toBe(1)
  })

  it('is never created when sealed rows exist', async () => {
    const records = new MemoryRecords()
    await checkKeyRing(createKeyRing([FIRST], 'first'), records, clock)

    await expect(openKeyFile(join(folder, 'key'), records)).rejects.toMatchObject({ code: 'kernel.key_missing' })
    await expect(readFile(join(folder, 'key'))).rejects.toThrow('ENOENT')
  })

  it('uses its first key as the current one', async () => {
    const path = join(folder, 'key')
    const [current, old] = [makeEncryptionKey(), makeEncryptionKey()]
    await writeFile(path, [current, old].map(({ id, key }) => `${id} ${key.toString('base64')}`).join('\n'))

    expect(await openKeyFile(path, new MemoryRecords())).toMatchObject({
      currentId: current.id,
      ids: [current.id, old.id],
    })
  })

  it.each(['', 'nonsense', `a ${randomBytes(16).toString('base64')}`])(
    'is refused without repeating its content: %j',
    async (text) => {
      const path = join(folder, 'key')
      await writeFile(path, text)

      await expect(openKeyFile(path, new MemoryRecords())).rejects.toMatchObject({ remedy: 'admin' })
    },
  )
})

class MemoryRecords implements KeyRecords {
  rows: { keyId: string; checkValue: Buffer; isGivenUp: boolean }[] = []
  inUse = new Set<string>()

  async list() {
    return this.rows
  }

  async add(record: { keyId: string; checkValue: Buffer }) {
    this.rows.push({ ...record, isGivenUp: false })
  }

  async giveUp(keyId: string) {
    const row = this.rows.find((each) => each.keyId === keyId)
    if (row) row.isGivenUp = true
    return row !== undefined
  }

  async isInUse(keyId: string) {
    return this.inUse.has(keyId)
  }
}
