import { connect, createServer, type AddressInfo } from 'node:net'
import { pipeline } from 'node:stream'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { openMailProgram, startDovecot, type Dovecot } from '../../../../mail-servers/index.ts'
import { systemClock } from '../../kernel/clock.ts'
import { createDialGuard } from '../../kernel/dial-guard.ts'
import { Secret } from '../../kernel/secret.ts'
import { mailParser } from '../../../test/kit/index.ts'
import type { Cursor } from '../mail-transport.ts'
import { BODY_LIMITS } from './bodies.ts'
import { folderChanges } from './changes.ts'
import { createMailboxConnections } from './mailbox-connections.ts'
import { stateReadTo } from './place.ts'

const ADDRESS = 'settled@contoso.example'
let dovecot: Dovecot

/** Counts commands between Postkey and the server, by kind. */
const wire = { idles: 0, states: 0, port: 0 }
const listening = createServer((ours) => {
  const theirs = connect(dovecot.imapPort, '127.0.0.1')
  ours.on('data', (said) => {
    wire.idles += said.includes(' IDLE\r\n') ? 1 : 0
    wire.states += said.toString('latin1').split(' STATUS ').length - 1
  })
  pipeline(ours, theirs, () => undefined)
  pipeline(theirs, ours, () => undefined)
})

beforeAll(async () => {
  dovecot = await startDovecot({ users: { [ADDRESS]: 'pw' } })
  await new Promise<void>((resolve) => listening.listen(0, '127.0.0.1', resolve))
  wire.port = (listening.address() as AddressInfo).port
})
afterAll(async () => {
  listening.close()
  await dovecot.stop()
})

function connected(times = {}) {
  return createMailboxConnections({
    server: { host: '127.0.0.1', port: wire.port, tls: 'none' },
    login: { by: 'password', userName: ADDRESS, password: async () => new Secret('pw') },
    dialGuard: createDialGuard({ declared: new Set([`127.0.0.1:${wire.port}`]) }),
    clock: systemClock,
    times,
  })
}

it('the watch returns to IDLE as soon as a folder was read to its end, even with a long settle time', async () => {
  const connections = connected({ settleMs: 600_000 })
  let hints = 0
  const over = new AbortController()
  const watched = connections.watch('INBOX', () => hints++, over.signal)
  try {
    await expect.poll(() => hints).toBe(1)
    const folder = await connections.use('sync', (connection) => connection.open('INBOX'))
    connections.wasRead(folder)
    await dovecot.deliver(ADDRESS, 'Subject: New\r\n\r\nHello\r\n')
    await expect.poll(() => hints).toBe(2)
  } finally {
    over.abort()
    await connections.close()
    await watched
  }
})

it('the watch gives one hint per change in a folder outside of IDLE', async () => {
  const connections = connected({ othersMs: 50 })
  const program = await openMailProgram(dovecot.imapPort, ADDRESS, 'pw')
  await program.create('Orders')
  await dovecot.deliver(ADDRESS, 'Subject: Order\r\n\r\nHello\r\n')
  for (const path of ['INBOX', 'Orders', 'Sent']) {
    connections.wasRead(await connections.use('sync', (connection) => connection.open(path)))
  }
  let hints = 0
  let rounds = 0
  const over = new AbortController()
  const others = async () => {
    rounds++
    return ['INBOX', 'Orders', 'Sent'].map((path) => ({ path, read: undefined }))
  }
  const watched = connections.watch('INBOX', () => hints++, over.signal, undefined, others)
  async function hintsAfter(change: () => Promise<unknown>): Promise<number> {
    const [before, roundsBefore] = [hints, rounds]
    await change()
    await expect.poll(() => rounds).toBeGreaterThan(roundsBefore + 3)
    return hints - before
  }
  try {
    expect(await hintsAfter(() => Promise.resolve())).toBe(0)
    expect(await hintsAfter(() => program.command(`APPEND Sent {5}\r\nA: b\n`))).toBe(1)
    expect(await hintsAfter(() => program.flag('Sent', 1, '+FLAGS (\\Flagged)'))).toBe(1)
    expect(await hintsAfter(() => program.remove('Orders'))).toBe(1)
  } finally {
    over.abort()
    program.close()
    await connections.close()
    await watched
  }
})

const named = (count: number) => Array.from({ length: count }, (_, n) => ({ path: `Missing ${n}`, read: undefined }))

it('the watch requests the state of each other folder once, even if each request is interrupted', async () => {
  const connections = connected({ othersMs: 2000, settleMs: 1 })
  connections.wasRead(await connections.use('sync', (connection) => connection.open('INBOX')))
  wire.states = 0
  let hints = 0
  const uses: Promise<void>[] = []
  const over = new AbortController()
  const interrupt = () => {
    hints++
    uses.push(connections.use('sync', async () => undefined))
  }
  const watched = connections.watch('INBOX', interrupt, over.signal, undefined, async () => named(10))
  try {
    await expect.poll(() => hints).toBe(10)
    expect(wire.states).toBe(10)
  } finally {
    over.abort()
    await Promise.all(uses)
    await connections.close()
    await watched
  }
})

it('the watch checks more folders than fit into one round in the following rounds', async () => {
  const connections = connected({ othersMs: 50 })
  connections.wasRead(await connections.use('sync', (connection) => connection.open('INBOX')))
  let hints = 0
  const over = new AbortController()
  const watched = connections.watch(
    'INBOX',
    () => hints++,
    over.signal,
    undefined,
    async () => named(230),
  )
  try {
    await expect.poll(() => hints).toBe(230)
  } finally {
    over.abort()
    await connections.close()
    await watched
  }
})

it('after a refused sign-in, no open connection is used until a sign-in succeeds again', async () => {
  const connections = connected()
  const look = () => connections.use('sync', async (connection) => connection.open('INBOX'))
  let finish: (() => void) | undefined
  const busy = connections.use('import', async () => new Promise<void>((resolve) => (finish = resolve)))
  await expect.poll(() => finish).toBeDefined()
  try {
    await dovecot.setPasswords({ [ADDRESS]: 'another' })
    await expect(look()).rejects.toMatchObject({ code: 'transports.imap_login_refused' })
    finish!()
    await busy
    await expect(look()).rejects.toMatchObject({ code: 'transports.imap_login_refused' })
  } finally {
    await dovecot.setPasswords({ [ADDRESS]: 'pw' })
  }
  await expect(look()).resolves.toMatchObject({ path: 'INBOX' })
  await connections.close()
})

it('the watch gives no hint for the state that another process has read, and one for later changes', async () => {
  await dovecot.deliver(ADDRESS, 'Subject: Read\r\n\r\nHello\r\n')
  const reader = connected()
  const bodies = { parser: mailParser, hints: {}, now: () => systemClock.now(), limits: BODY_LIMITS }
  async function readFrom(cursor: Cursor | undefined): Promise<Cursor> {
    let last = cursor
    const options = { since: new Date(0), again: false }
    for await (const page of folderChanges(
      { connections: reader, clock: systemClock, bodies },
      'INBOX',
      cursor,
      options,
    ))
      last = page.cursor
    return last!
  }
  const readTo = await readFrom(undefined)
  await reader.close()

  async function hintsOf(cursor: Cursor): Promise<number> {
    const connections = connected()
    const before = wire.idles
    let hints = 0
    const over = new AbortController()
    const watched = connections.watch('INBOX', () => hints++, over.signal, stateReadTo(cursor))
    try {
      await expect.poll(() => wire.idles).toBe(before + 1)
      return hints
    } finally {
      over.abort()
      await connections.close()
      await watched
    }
  }
  expect(await hintsOf(readTo)).toBe(0)
  await dovecot.deliver(ADDRESS, 'Subject: Since\r\n\r\nHello\r\n')
  expect(await hintsOf(readTo)).toBe(1)
})
