import { execFileSync } from 'node:child_process'
import fs, { copyFileSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { syncBuiltinESMExports } from 'node:module'
import { join } from 'node:path'
import { zstdCompressSync } from 'node:zlib'
import { Encrypter, generateX25519Identity, identityToRecipient } from 'age-encryption'
import { describe, expect, it, vi } from 'vitest'
import { createDatabase, migrate, openCopySession, readMigrations } from '../database/index.ts'
import { Secret } from '../kernel/secret.ts'
import { ask, checksums, createEmptyDatabase, silentLog, waitingFor, WAIT } from '../../test/kit/index.ts'
import { fileOf, rewriteBackup, textOf } from '../../test/backup/rewrite-backup.ts'
import { codeOf, createBackupStage } from '../../test/backup/stage.ts'
import { schemaOf, storeHardData, withParameter } from '../../test/backup/stored-data.ts'
import { FIRST_FRAME } from './format.ts'
import { parseIdentities, verifyBackup } from './index.ts'
import { beginSnapshot } from './snapshot.ts'

const { clock, folder, source, target, backUp, restore } = await createBackupStage()
await storeHardData(source)

const backup = await backUp(join(folder, 'whole'))
const bytes = readFileSync(backup.path)

describe('a backup', () => {
  it('restores every row, as an ordinary owner of an empty database, with the same schema', async () => {
    const { content, migrated, skipped } = await restore(backup.path)

    const sums = await checksums(target.url)
    expect(Object.keys(sums).length).toBeGreaterThan(60)
    expect({ ...sums, database_epochs: '' }).toEqual({ ...(await checksums(source.url)), database_epochs: '' })
    expect(await schemaOf(target.url)).toEqual(await schemaOf(source.url))
    expect([migrated, skipped]).toEqual([[], []])
    expect(content.trailer.rows).toBe(content.tables.reduce((sum, { rows }) => sum + rows, 0))
    // Identity columns continue after the last id that was given.
    const [event] = await ask<{ id: string }>(target.url, `SELECT append_event('a.b', NULL, '', '{}', now()) AS id`)
    expect(event).toEqual({ id: '51' })
  })

  it('has a file only for its owner, named by the time in a folder, and is never left incomplete', async () => {
    const own = join(folder, 'own')
    mkdirSync(own)
    const { path, sizeBytes } = await backUp(own)

    expect(readdirSync(own)).toEqual(['postkey-20260504T100000Z.backup.zst'])
    expect([statSync(path).mode & 0o777, statSync(path).size]).toEqual([0o600, sizeBytes])
    await expect(backUp(own)).rejects.toMatchObject({ code: 'backup.file_exists', detail: path })
    expect(await codeOf(backUp(join(folder, 'none/file')))).toBe('backup.write_failed')
    expect(await codeOf(backUp(`${join(folder, 'none')}/`))).toBe('backup.write_failed')

    const ending = new AbortController()
    const stopped = backUp(join(own, 'stopped'), {
      signal: ending.signal,
      onProgress: () => ending.abort(),
    })
    await expect(stopped).rejects.toMatchObject({ name: 'AbortError' })
    expect(readdirSync(own)).toHaveLength(1)
  })

  it('does not replace a file that appears meanwhile', async () => {
    const path = join(folder, 'raced')
    const raced = backUp(path, { onProgress: () => writeFileSync(path, 'another') })
    expect(await codeOf(raced)).toBe('backup.file_exists')
    expect(readFileSync(path, 'utf8')).toBe('another')
    expect(readdirSync(folder).filter((name) => name.endsWith('.partial'))).toEqual([])
  })

  it('has its name without hard links as well, and still replaces no file', async () => {
    const { link } = fs.promises
    fs.promises.link = () => Promise.reject(Object.assign(new Error('EPERM'), { code: 'EPERM', syscall: 'link' }))
    syncBuiltinESMExports()
    try {
      const own = join(folder, 'without-links')
      mkdirSync(own)
      const { path } = await backUp(join(own, 'a'))
      expect((await verifyBackup(path)).header.createdAt).toBe('2026-05-04T10:00:00.000Z')
      const raced = backUp(join(own, 'b'), { onProgress: () => writeFileSync(join(own, 'b'), 'another') })
      expect(await codeOf(raced)).toBe('backup.file_exists')
      expect(readFileSync(join(own, 'b'), 'utf8')).toBe('another')
      expect(readdirSync(own)).toEqual(['a', 'b'])
    } finally {
      fs.promises.link = link
      syncBuiltinESMExports()
    }
  })

  it('has all tables of its moment, although others are created and removed while it begins', async () => {
    const session = await openCopySession(source.url)
    const changes = ['CREATE TABLE late ()', 'DROP TABLE late', 'CREATE TABLE later ()']
    try {
      const stored = await beginSnapshot({
        async query<Row>(statement: string, values?: readonly unknown[]) {
          // After the list of tables, before they are locked.
          const change = statement.startsWith('BEGIN') ? changes.shift() : undefined
          if (change) await ask(source.url, change)
          return session.query<Row>(statement, values)
        },
      })
      expect(changes).toEqual([])
      expect(stored.map(({ name }) => name)).toContain('later')
      expect(stored.map(({ name }) => name)).not.toContain('late')
    } finally {
      await session.close()
      await ask(source.url, 'DROP TABLE IF EXISTS later')
    }
  })

  it('has the rows of the moment at which it began, and writers do not wait for it', async () => {
    let first: string | undefined
    const { content } = await backUp(join(folder, 'busy'), {
      onProgress({ table }) {
        if (first !== undefined) return
        first = table!
        // Another process, for which this one waits: tables that follow in the file are read after its commit.
        const writes = `INSERT INTO servers (id, name, version, pid, started_at, last_seen_at)
          VALUES (gen_random_uuid(), 'a', 'a', 1, now(), now()); SELECT append_event('a.b', NULL, 'during', '{}', now())`
        const script = `import { Client } from 'pg'; const client = new Client(process.argv[1]); await client.connect()
          await client.query(process.argv[2]); await client.end()`
        execFileSync(process.execPath, ['--input-type=module', '-e', script, source.url, writes], {
          cwd: import.meta.dirname,
          timeout: WAIT.timeout,
        })
      },
    })

    expect(first! < 'events').toBe(true)
    const rows = Object.fromEntries(content.tables.map((table) => [table.name, table.rows]))
    expect(rows).toMatchObject({ servers: 0, events: 50 })
    const { rowCount } = await source.pool.query('DELETE FROM servers')
    await source.pool.query(`DELETE FROM events WHERE subject_id = 'during'`)
    expect(rowCount).toBe(1)
  })

  it('has all rows of a table that a migration rewrites when it begins', async () => {
    const migration = await source.pool.connect()
    await migration.query('BEGIN; LOCK TABLE messages IN ACCESS EXCLUSIVE MODE')
    const running = backUp(join(folder, 'rewritten'))
    await vi.waitUntil(async () => (await waitingFor(source, { table: 'messages' })) > 0, WAIT)
    await migration.query(`ALTER TABLE messages ALTER COLUMN preview TYPE text USING preview || ''; COMMIT`)
    migration.release()

    const { tables } = (await running).content
    expect(tables.find(({ name }) => name === 'messages')?.rows).toBe(300)
  })

  it('is complete with any search path, and refused if a table is missing', async () => {
    await restore(backup.path)
    await ask(target.url, 'CREATE SCHEMA IF NOT EXISTS other')
    const { content } = await backUp(join(folder, 'path'), {
      databaseUrl: withParameter(target.url, 'options=-c%20search_path%3Dother,public'),
    })
    expect(content.trailer.rows).toBe(backup.content.trailer.rows)

    await ask(target.url, 'DROP SCHEMA other; DROP TABLE alert_relay')
    expect(await codeOf(backUp(join(folder, 'lacking'), { databaseUrl: target.url }))).toBe('backup.tables_missing')
  })

  it('is upgraded during the restore if it is from an older version', async () => {
    const old = await createEmptyDatabase('old')
    const migrations = readMigrations()
    const database = await createDatabase(old.url, { log: silentLog })
    await migrate(database, clock, migrations.slice(0, 12))
    await database.pool.query(`SELECT append_event('a.b', NULL, 'kept', '{}', now())`)
    await database.close()

    const { path } = await backUp(join(folder, 'old'), { databaseUrl: old.url })
    const { migrated } = await restore(path)
    await old.drop()

    expect(migrated).toEqual(migrations.slice(12).map(({ name }) => name))
    expect(await ask(target.url, 'SELECT subject_id FROM events')).toEqual([{ subject_id: 'kept' }])
    expect(await schemaOf(target.url)).toEqual(
      (await schemaOf(source.url)).filter((line) => !/search_entries_2/.test(line)),
    )
  })

  it.each<[string, (header: Record<string, unknown>) => object, string]>([
    [
      'schema',
      (header) => ({
        ...header,
        migrations: [...(header['migrations'] as object[]), { name: '9999_x.sql', checksum: '0'.repeat(64) }],
      }),
      'backup.newer_than_code',
    ],
    ['format', (header) => ({ ...header, version: 2 }), 'backup.newer_than_code'],
    [
      'changed schema',
      (header) => ({ ...header, migrations: [{ name: '0001_events.sql', checksum: '0'.repeat(64) }] }),
      'backup.migrations_differ',
    ],
  ])('is refused if it has a newer or unknown %s', async (_what, change, code) => {
    const path = join(folder, 'other-version')
    rewriteBackup(path, bytes, change)

    expect(await codeOf(restore(path))).toBe(code)
    expect(await checksums(target.url)).toEqual({})
  })
})

describe('a restore', () => {
  it('refuses a database with rows, replaces them on request, and leaves them after an error', async () => {
    await restore(backup.path)
    await ask(target.url, `SELECT append_event('a.b', NULL, 'later', '{}', now())`)
    const before = await checksums(target.url)

    expect(await codeOf(restore(backup.path))).toBe('backup.database_not_empty')
    // Complete by its checksums, but with foreign keys to rows that are missing.
    const inconsistent = join(folder, 'inconsistent')
    rewriteBackup(inconsistent, bytes, (header) => header, 'grants')
    expect(await codeOf(restore(inconsistent, { overwrite: true }))).toBe('backup.load_failed')
    expect(await checksums(target.url)).toEqual(before)

    await restore(backup.path, { overwrite: true })
    expect(await ask(target.url, `SELECT FROM events WHERE subject_id = 'later'`)).toHaveLength(0)
  })

  it('accepts a database that was only migrated', async () => {
    const database = await createDatabase(target.url, { log: silentLog })
    await migrate(database, clock)
    await database.close()

    await restore(backup.path)
    expect((await checksums(target.url))['events']).toBe((await checksums(source.url))['events'])
  })

  it.each([false, true])('refuses the database of another program (overwrite: %s)', async (overwrite) => {
    await ask(target.url, 'CREATE TABLE customers (id int)')

    expect(await codeOf(restore(backup.path, { overwrite }))).toBe('backup.not_postkeys_database')
    expect(await codeOf(backUp(join(folder, 'foreign'), { databaseUrl: target.url }))).toBe(
      'backup.not_postkeys_database',
    )
    expect(Object.keys(await checksums(target.url))).toEqual(['customers'])
  })
})

describe('a file that is not a whole backup', () => {
  const other = join(folder, 'altered')
  const refusal = async (content: Uint8Array) => {
    writeFileSync(other, content)
    const [verified, restored] = [await codeOf(verifyBackup(other)), await codeOf(restore(other))]
    expect(await checksums(target.url)).toEqual({})
    expect(restored).toBe(verified)
    return verified
  }

  it.each([0.1, 0.5, 0.99])('is refused when only %d of it is there', async (share) => {
    expect(await refusal(bytes.subarray(0, Math.floor(bytes.length * share)))).toBe('backup.damaged')
  })

  it('is refused when its last byte is missing, or something follows', async () => {
    expect(await refusal(bytes.subarray(0, -1))).toBe('backup.damaged')
    expect(await refusal(Buffer.concat([bytes, zstdCompressSync('more')]))).toBe('backup.damaged')
  })

  it('is refused when a byte differs', async () => {
    for (const share of [0.001, 0.3, 0.6, 0.9]) {
      const altered = Buffer.from(bytes)
      altered[Math.floor(bytes.length * share)]! ^= 0x10
      expect(await refusal(altered)).toBe('backup.damaged')
    }
  })

  it.each([
    ['a value', 'message.stored', 'message.stOred'],
    ['a table', '{"table":"events"}', '{"table":"grants"}'],
    ['the version', '"postkey":"0.1.0"', '"postkey":"0.1.1"'],
    ['a position of a sequence', '"column":"id","last":"50"', '"column":"id","last":"10"'],
  ])('is refused when %s was changed and compressed again', async (_what, text, changed) => {
    const plain = textOf(bytes)
    expect(plain).toContain(text)
    expect(await refusal(fileOf(plain.replace(text, changed)))).toBe('backup.damaged')
  })

  it('is refused by name when it is something else', async () => {
    expect(await refusal(Buffer.from('-- PostgreSQL database dump'))).toBe('backup.not_a_backup')
    expect(await refusal(Buffer.alloc(0))).toBe('backup.not_a_backup')
    expect(await refusal(zstdCompressSync('{"a":1}\n'))).toBe('backup.not_a_backup')
    expect(await refusal(fileOf('{"a":1}\n'))).toBe('backup.not_a_backup')
    expect(await refusal(fileOf(`${textOf(bytes)}{}`))).toBe('backup.damaged')
    expect(await codeOf(verifyBackup(join(folder, 'missing')))).toBe('backup.file_unreadable')
    expect(await codeOf(verifyBackup(folder))).toBe('backup.file_unreadable')
    // A file whose reading fails.
    if (process.platform === 'linux')
      expect(await codeOf(verifyBackup('/proc/self/mem'))).toBe('backup.file_unreadable')
  })

  it('is refused when it changes between verification and loading', async () => {
    copyFileSync(backup.path, other)
    const replaced = restore(other, {
      findDatabase() {
        writeFileSync(other, fileOf(textOf(bytes).replace('message.stored', 'message.stOred')))
        return Promise.resolve(new Secret(target.url))
      },
    })
    expect(await codeOf(replaced)).toBe('backup.damaged')
    expect(await checksums(target.url)).toEqual({})
  })
})

describe('an encrypted backup', () => {
  it('is read only with the identity of its recipient, and refused when truncated or altered', async () => {
    const [own, other] = [await generateX25519Identity(), await generateX25519Identity()]
    const recipients = [await identityToRecipient(own)]
    const sealed = join(folder, 'sealed')
    mkdirSync(sealed)
    const { path } = await backUp(sealed, { recipients })
    const read = (file: string, ...keys: string[]) => verifyBackup(file, { identities: keys.flatMap(parseIdentities) })

    expect(readdirSync(sealed)).toEqual(['postkey-20260504T100000Z.backup.zst.age'])
    const encrypted = readFileSync(path)
    expect(encrypted.indexOf(FIRST_FRAME)).toBe(-1)
    expect((await read(path, other, `# comment\n${own}\n`)).tables).toEqual(backup.content.tables)
    expect(await codeOf(read(path))).toBe('backup.identity_missing')
    expect(await codeOf(read(path, other))).toBe('backup.identity_wrong')

    const altered = join(sealed, 'altered')
    const middle = encrypted.length >> 1
    for (const content of [
      encrypted.subarray(0, middle),
      encrypted.subarray(0, -1),
      Buffer.concat([encrypted, Buffer.of(0)]),
      Buffer.concat([encrypted.subarray(0, middle), Buffer.of(encrypted[middle]! ^ 1), encrypted.subarray(middle + 1)]),
    ]) {
      writeFileSync(altered, content)
      expect(await codeOf(read(altered, own))).toBe('backup.damaged')
    }
    // Another file that the recipient can decrypt.
    const encrypter = new Encrypter()
    encrypter.addRecipient(recipients[0]!)
    writeFileSync(altered, await encrypter.encrypt('text'))
    expect(await codeOf(read(altered, own))).toBe('backup.not_a_backup')
  })

  it('is not written to something that is not a public key', async () => {
    const identity = await generateX25519Identity()
    for (const recipient of ['age1', 'ssh-ed25519 AAAA', identity]) {
      expect(await codeOf(backUp(join(folder, 'none'), { recipients: [recipient] }))).toBe('backup.recipient_invalid')
    }
    for (const text of ['', '# only a comment', 'AGE-SECRET-KEY-1']) {
      expect(() => parseIdentities(text)).toThrow(
        expect.objectContaining({ code: 'backup.identity_unusable' }) as Error,
      )
    }
  })
})
