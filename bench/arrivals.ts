/** Latency of new-mail events, next to a plain imapflow client in IDLE on the same mailbox. */
import type { ChildProcess } from 'node:child_process'
import { setTimeout as pause } from 'node:timers/promises'
import { ImapFlow } from 'imapflow'
import type { Dovecot } from '../mail-servers/index.ts'
import { percentile, type Bench, type Wanted } from './figures.ts'
import { layReady, composeLetter } from './mailbox-of-mail.ts'

const WANTED = { laterThanIdleMs: 100, eventsPerSecond: 500 }
const PATIENCE_MS = 120_000
/** Owner of the mailbox in which the plain client waits. */
export const BESIDE = 'beside@contoso.example'

/** A letter at a time; then as many as LMTP brings, one after the other; then many of which all are there at once. */
export async function arrivals(
  { quick, tell }: Pick<Bench, 'quick' | 'tell'>,
  dovecot: Dovecot,
  server: ChildProcess,
  user: string,
): Promise<void> {
  const receivedAt: number[] = []
  server.on('message', (said: { told?: number }) => said.told !== undefined && receivedAt.push(said.told))
  let count = 0

  // In a mailbox of its own: Dovecot tells of changes half a second after the first of them, and whatever the one client
  // does in a folder would have begun that time for the other.
  const beside = await plainIdle(dovecot, BESIDE)
  const late: number[] = []
  for (let n = 0; n < (quick ? 10 : 25); n++) {
    const letter = composeLetter(1_000_000 + n, new Date())
    await Promise.all([user, BESIDE].map((to) => dovecot.deliver(to, letter)))
    await untilAll([receivedAt, beside.seen], ++count)
    late.push(receivedAt.at(-1)! - beside.seen.at(-1)!)
    await pause(100)
  }
  await beside.stop()
  const wanted = { atMost: WANTED.laterThanIdleMs }
  tell({ name: 'arrival to event, later than raw IDLE, p50', value: percentile(late, 50), unit: 'ms', wanted })
  tell({ name: 'arrival to event, later than raw IDLE, p99', value: percentile(late, 99), unit: 'ms' })

  const plain = await plainIdle(dovecot, user)
  plain.seen.push(...receivedAt)
  const many = quick ? 100 : 500
  /**
   * From the beginning of the delivery to the last event, beside when the plain client saw the last; and what is ours of
   * it: the events that follow upon the first that the plain client saw, in the time until the last is told.
   */
  async function burst(name: string, deliver: () => Promise<void>, wanted?: Wanted): Promise<void> {
    const began = performance.timeOrigin + performance.now()
    await deliver()
    await untilAll([receivedAt, plain.seen], count + many)
    const first = plain.seen[count]!
    const last = (times: readonly number[]) => times[count + many - 1]!
    const rate = (times: readonly number[]) => (many * 1000) / (last(times) - began)
    const ours = (many * 1000) / (last(receivedAt) - first)
    tell({ name: `${name} to events`, value: rate(receivedAt), unit: '1/s', baseline: rate(plain.seen) })
    tell({ name: `${name}, events since raw IDLE saw the first`, value: ours, unit: '1/s', ...(wanted && { wanted }) })
    tell({ name: `${name}, last event later than raw IDLE`, value: last(receivedAt) - last(plain.seen), unit: 'ms' })
    count += many
    await pause(1000)
  }
  const letters = Array.from({ length: many }, (_, n) => composeLetter(2_000_000 + n, new Date()))
  await burst(`burst of ${many} letters by LMTP`, async () => {
    const one = async () => {
      for (let letter = letters.pop(); letter; letter = letters.pop()) await dovecot.deliver(user, letter)
    }
    await Promise.all(Array.from({ length: 8 }, one))
  })
  const ready = layReady(many, (n) => ({ text: composeLetter(3_000_000 + n, new Date()), at: new Date() }))
  // LMTP brings fewer than are wanted: only of these it can be seen how many we take.
  await burst(`burst of ${many} letters laid there at once`, () => ready.deliver(dovecot, user), {
    atLeast: WANTED.eventsPerSecond,
  })
  await plain.stop()
}

/** When a client that only waits has seen each message. */
async function plainIdle({ imapPort: port }: Dovecot, user: string) {
  const seen: number[] = []
  // The library as it is: it is what ours is compared with.
  // eslint-disable-next-line house/one-imap-client
  const client = new ImapFlow({
    ...{ host: '127.0.0.1', port, secure: false, doSTARTTLS: false, logger: false as const },
    auth: { user, pass: 'pw' },
  })
  client.on('error', () => undefined)
  client.on('exists', ({ count, prevCount }: { count: number; prevCount: number }) => {
    for (let n = prevCount; n < count; n++) seen.push(performance.timeOrigin + performance.now())
  })
  await client.connect()
  // Read-only like Postkey: the client changes nothing when a letter arrives, so it learns of the next one no sooner.
  await client.mailboxOpen('INBOX', { readOnly: true })
  void client.idle()
  return { seen, stop: () => client.logout() }
}

async function untilAll(lists: readonly (readonly unknown[])[], count: number): Promise<void> {
  const until = performance.now() + PATIENCE_MS
  while (lists.some(({ length }) => length < count)) {
    if (performance.now() > until)
      throw new Error(`only ${lists.map(({ length }) => length).join(' and ')} of ${count}`)
    await pause(2)
  }
}
