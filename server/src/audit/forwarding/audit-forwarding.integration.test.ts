import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { open, type FileHandle } from 'node:fs/promises'
import { connect, createServer } from 'node:net'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { afterAll, beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest'
import { makeCertificate } from '../../../../mail-servers/certificate.ts'
import { createSyslogReceiver, type SyslogReceiverStage } from '../../../test/audit/syslog-receiver.ts'
import { createForwardingStage, subjects } from '../../../test/audit/forwarding-stage.ts'
import { silentLog, testDatabase } from '../../../test/kit/index.ts'
import { createDatabase } from '../../database/index.ts'
import { createDialGuard } from '../../kernel/dial-guard.ts'
import { createFileTarget, createSyslogTarget } from '../index.ts'

const HOUR_MS = 60 * 60_000
const MINUTE_MS = 60_000
const INCIDENT_MS = 15 * 60_000
const database = await testDatabase()
const stage = createForwardingStage(database)
const { clock, audit, folder, file, incidents, create, record, written } = stage
const { ca, keyFile, certificateFile } = await makeCertificate(folder)
const caFile = join(folder, 'ca.pem')
writeFileSync(caFile, ca)
const plain = await createSyslogReceiver()
const secure = await createSyslogReceiver({
  key: readFileSync(keyFile, 'utf8'),
  cert: readFileSync(certificateFile, 'utf8'),
})

beforeEach(async () => {
  await stage.reset()
  for (const receiver of [plain, secure]) {
    await receiver.kill()
    await receiver.start()
    Object.assign(receiver, { connections: 0, reads: true })
    receiver.got.length = receiver.messages.length = 0
  }
})
afterAll(async () => {
  await plain.kill()
  await secure.kill()
  rmSync(folder, { recursive: true })
})

const toSyslog = (
  receiver: SyslogReceiverStage,
  more: { host?: string; caFile?: string | undefined } = {},
  timeoutMs = 2_000,
) => {
  const { host = '127.0.0.1', caFile: ownCa = caFile } = more
  return createSyslogTarget(
    { isTls: receiver === secure, host, port: receiver.port, caFile: 'caFile' in more ? more.caFile : ownCa },
    {
      dialGuard: createDialGuard({ declared: new Set([`${host}:${receiver.port}`]) }),
      origin: { host: 'mail.example.com', version: '1' },
      timeoutMs,
    },
  )
}

describe('a file', () => {
  it('gets each entry once as a JSON line, in order', async () => {
    const forwarding = create([createFileTarget(file)])
    await record('a', 'b\nc')
    await forwarding.forward()
    await record('d')
    await forwarding.forward()
    await forwarding.forward()

    expect(subjects(written())).toEqual(['a', 'b\nc', 'd'])
    const [entry] = await audit.list({ limit: 1 })
    expect(written().at(-1)).toEqual({ ...entry, at: entry!.at.toISOString(), actorName: 'Ann' })
    expect(await forwarding.status()).toMatchObject([{ target: 'file', destination: file, lagMs: 0 }])
  })

  it('may be renamed between two entries, and is readable by its group', async () => {
    const forwarding = create([createFileTarget(file)])
    const umask = process.umask(0o022)
    await record('a')
    await forwarding.forward()
    process.umask(umask)
    expect(statSync(file).mode & 0o777).toBe(0o640)
    renameSync(file, `${file}.1`)
    await record('b')
    await forwarding.forward()
    expect(subjects(written())).toEqual(['b'])
  })

  it('gets entries that were written after it was renamed and read to its end', async () => {
    await record('a')
    const forwarding = create([createFileTarget(file)])
    await forwarding.forward()
    const opened = await open(file)
    const handles = Object.getPrototypeOf(opened) as FileHandle
    await opened.close()
    const collected: string[] = []
    const datasync = vi.spyOn(handles, 'datasync')
    vi.spyOn(handles, 'write').mockImplementationOnce(function (this: FileHandle, bytes: Buffer, from: number) {
      collected.push(...subjects(written()))
      renameSync(file, `${file}.1`)
      rmSync(`${file}.1`)
      return this.write(bytes, from)
    } as FileHandle['write'])
    onTestFinished(() => void vi.restoreAllMocks())
    await record('b')
    await forwarding.forward()
    expect([...collected, ...subjects(written())]).toEqual(['a', 'b'])
    expect(await forwarding.status()).toMatchObject([{ reason: undefined, lagMs: 0 }])
    expect(datasync).toHaveBeenCalledTimes(2)
  })

  it('is as long as before when its disk is full', async () => {
    writeFileSync(file, 'a\n')
    const script = join(import.meta.dirname, '../../../test/audit/full-disk.ts')
    const child = spawn('bash', ['-c', `ulimit -f 8; exec "$0" "$@"`, process.execPath, script, file])
    const [failure] = (await once(child.stdout, 'data')) as [Buffer]
    expect(failure.toString()).toBe('EFBIG')
    expect(readFileSync(file, 'utf8')).toBe('a\n')
  })

  it('continues on a new line after a torn one', async () => {
    writeFileSync(file, '{"id":1,"act')
    await record('a')
    await create([createFileTarget(file)]).forward()
    const [torn, line] = readFileSync(file, 'utf8').split('\n')
    expect(torn).toBe('{"id":1,"act')
    expect(JSON.parse(line!)).toMatchObject({ subject: 'a' })
  })

  it('opens an incident after 15 minutes without it, and gets all entries later', async () => {
    const forwarding = create([createFileTarget(file)])
    mkdirSync(file)
    await record('a')
    await forwarding.forward()
    await record('b')
    expect(await forwarding.status()).toMatchObject([
      { failingSince: clock.now(), reason: { code: 'audit.file_not_written' }, detail: 'EISDIR', lagMs: 0 },
    ])
    clock.advance(INCIDENT_MS - MINUTE_MS)
    await forwarding.forward()
    expect(incidents).toEqual([])
    clock.advance(MINUTE_MS)
    await forwarding.forward()
    expect(incidents).toEqual([
      expect.stringContaining(`open: Audit list to ${file}. The file of the audit list can’t`),
    ])
    expect(await forwarding.status()).toMatchObject([{ lagMs: INCIDENT_MS }])
    rmSync(file, { recursive: true })
    clock.advance(10 * 60_000)
    await forwarding.forward()
    expect(subjects(written())).toEqual(['a', 'b'])
    expect(incidents.at(-1)).toBe(`end: Audit list to ${file}`)
    expect(await forwarding.status()).toMatchObject([{ lagMs: 0, failingSince: undefined, reason: undefined }])
  })
})

describe.each([
  ['TCP', plain],
  ['TLS', secure],
])('a syslog receiver over %s', (_name, receiver) => {
  it('gets each entry once, in order, over several pages', async () => {
    const all = Array.from({ length: 1_203 }, (_, number) => `key ${number} ü`)
    for (let from = 0; from < all.length; from += 100) await record(...all.slice(from, from + 100))
    await create([toSyslog(receiver)]).forward()
    expect(subjects(receiver.got)).toEqual(all)
    expect(receiver.connections).toBe(3)
    expect(receiver.messages[0]).toMatch(/^<109>1 \S+Z mail\.example\.com postkey - api_key\.revoked \[origin .*\] \{/)
  })

  it('loses nothing when it is killed, and gets entries after its restart, with pauses between attempts', async () => {
    const forwarding = create([toSyslog(receiver)])
    await record('a')
    await forwarding.forward()
    await receiver.kill()
    await record('b')
    await forwarding.forward()
    expect(await forwarding.status()).toMatchObject([
      { reason: { code: 'audit.receiver_failed' }, detail: 'ECONNREFUSED', failingSince: clock.now() },
    ])
    await receiver.start()
    await record('c')
    clock.advance(4_999)
    await forwarding.forward()
    expect(subjects(receiver.got)).toEqual(['a'])
    clock.advance(1)
    await forwarding.forward()
    expect(subjects(receiver.got)).toEqual(['a', 'b', 'c'])
  })

  it('gets entries again that it had not read when it was killed', async () => {
    const forwarding = create([toSyslog(receiver)])
    receiver.reads = false
    await record('a', 'b')
    const forwarded = forwarding.forward()
    await expect.poll(() => receiver.connections).toBe(1)
    await receiver.kill()
    await forwarded
    expect(await forwarding.status()).toMatchObject([{ reason: { code: 'audit.receiver_failed' } }])
    receiver.reads = true
    await receiver.start()
    clock.advance(HOUR_MS)
    await forwarding.forward()
    expect(subjects(receiver.got)).toEqual(['a', 'b'])
  })

  it('fails after a limit when it accepts connections and reads nothing', async () => {
    receiver.reads = false
    const forwarding = create([toSyslog(receiver, {}, 500)])
    await record('a')
    await forwarding.forward()
    expect(await forwarding.status()).toMatchObject([{ detail: 'no answer in time' }])
  })
})

it.each<[string, { host?: string; caFile?: undefined }, string]>([
  ['of an unknown authority', { caFile: undefined }, 'DEPTH_ZERO_SELF_SIGNED_CERT'],
  ['with another name', { host: '127.0.0.2' }, 'ERR_TLS_CERT_ALTNAME_INVALID'],
])('refuses a certificate %s before an entry is sent', async (_what, more, detail) => {
  const proxy = more.host === undefined ? undefined : await listenAt(more.host, secure.port)
  const forwarding = create([toSyslog(secure, more)])
  await record('a')
  await forwarding.forward()
  expect(await forwarding.status()).toMatchObject([{ reason: { code: 'audit.receiver_failed' }, detail }])
  expect(secure.got).toEqual([])
  proxy?.close()
})

it('sends entries again with the same ids after a kill between sending and storing the position', async () => {
  await record('a', 'b')
  const script = join(import.meta.dirname, '../../../test/audit/killed-forwarding.ts')
  const child = spawn(process.execPath, [script, database.url, String(plain.port)], { stdio: 'inherit' })
  expect(await once(child, 'exit')).toEqual([null, 'SIGKILL'])
  expect(subjects(plain.got)).toEqual(['a', 'b'])

  await record('c')
  await expect
    .poll(async () => {
      await create([toSyslog(plain)]).forward()
      return subjects(plain.got)
    })
    .toEqual(['a', 'b', 'a', 'b', 'c'])
  expect(plain.got.slice(2, 4).map(({ id }) => id)).toEqual(plain.got.slice(0, 2).map(({ id }) => id))
})

it('loses no entry to a receiver process that is killed at any time', async () => {
  const script = join(import.meta.dirname, '../../../test/audit/receiver-process.ts')
  const received = join(folder, 'received')
  writeFileSync(received, '')
  const startReceiver = async (port: number) => {
    const child = spawn(process.execPath, [script, String(port), received], { stdio: ['ignore', 'pipe', 'inherit'] })
    const [line] = (await once(child.stdout, 'data')) as [Buffer]
    return { child, port: Number(line.toString()) }
  }
  let running = await startReceiver(0)
  const { port } = running
  const forwarding = create([toSyslog({ ...plain, port })])
  for (const killAfterMs of [0, 20, 100, 200, 260, 400]) {
    await record(...Array.from({ length: 400 }, (_, number) => `key ${number}`))
    const forwarded = forwarding.forward()
    await pause(killAfterMs)
    running.child.kill('SIGKILL')
    await once(running.child, 'exit')
    await forwarded
    running = await startReceiver(port)
    clock.advance(HOUR_MS)
  }
  await forwarding.forward()
  running.child.kill('SIGKILL')

  const ids = readFileSync(received, 'utf8').trim().split('\n').map(Number)
  const { rows } = await database.pool.query<{ id: number }>('SELECT id::float8 FROM audit_entries ORDER BY id')
  // Repetitions aside, ids are in order: each one is new only after all lower ones.
  expect([...new Set(ids)]).toEqual(rows.map(({ id }) => id))
})

it('skips no entry of a transaction that commits late', async () => {
  const forwarding = create([createFileTarget(file)])
  const late = await database.pool.connect()
  const insert = (subject: string) =>
    `INSERT INTO audit_entries (actor, action, subject, detail, at) VALUES ('cli', 'api_key.revoked', '${subject}', '{}', now())`
  await late.query('BEGIN')
  await late.query(insert('late'))
  await record('early')
  await forwarding.forward()
  expect(await forwarding.status()).toMatchObject([{ forwardedAt: undefined }])
  await late.query('COMMIT')
  late.release()
  await forwarding.forward()
  expect(subjects(written())).toEqual(['late', 'early'])
})

it('forwards each entry once and in order with several servers', async () => {
  const other = await createDatabase(database.url, { log: silentLog })
  const servers = [create([createFileTarget(file)]), create([createFileTarget(file)], { database: other })]
  const all = Array.from({ length: 100 }, (_, number) => `key ${number}`)
  for (const subject of all) {
    await record(subject)
    await Promise.all(servers.map((server) => server.forward()))
  }
  for (const server of servers) await server.forward()
  await other.close()
  expect(subjects(written())).toEqual(all)
})

it('forwards to one target while another one fails', async () => {
  await plain.kill()
  await record('a')
  await create([toSyslog(plain), createFileTarget(file)]).forward()
  expect(subjects(written())).toEqual(['a'])
})

it('tries the addresses of a receiver in turn', async () => {
  const declared = new Set([`syslog.example.com:${plain.port}`])
  const lookUp = () => Promise.resolve(['127.0.0.3', '127.0.0.1'])
  const target = createSyslogTarget(
    { isTls: false, host: 'syslog.example.com', port: plain.port, caFile: undefined },
    { dialGuard: createDialGuard({ declared, lookUp }), origin: { host: 'mail.example.com', version: '1' } },
  )
  await record('a')
  await create([target]).forward()
  expect(subjects(plain.got)).toEqual(['a'])
})

it('never connects to an address that the dial guard refuses', async () => {
  const target = createSyslogTarget(
    { isTls: false, host: '127.0.0.1', port: plain.port, caFile: undefined },
    { dialGuard: createDialGuard(), origin: { host: 'mail.example.com', version: '1' } },
  )
  const forwarding = create([target])
  await record('a')
  await forwarding.forward()
  expect(await forwarding.status()).toMatchObject([{ reason: { code: 'egress.address_refused' } }])
  expect(plain.connections).toBe(0)
})

/** Passes connections at another address of this machine on to the receiver, for which its certificate isn't valid. */
async function listenAt(host: string, port: number) {
  const proxy = createServer((near) => {
    const far = connect(port, '127.0.0.1')
    near.pipe(far).pipe(near)
    near.on('error', () => far.destroy())
    far.on('error', () => near.destroy())
  })
  proxy.listen(port, host)
  await once(proxy, 'listening')
  return proxy
}
