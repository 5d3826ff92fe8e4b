/**
 * Foreign mail servers: Dovecot and Postfix, with the sandbox's Entra ID for sign-ins and its clock for Postkey only.
 */
import { randomUUID } from 'node:crypto'
import { startDovecot, startPostfix } from '../../mail-servers/index.ts'
import {
  CUSTOMER,
  DELETED_ITEMS,
  letterName,
  numberIn,
  type ProtocolHarness,
  type HarnessDeps,
} from './protocol-harness.ts'
import { setTimeout as pause } from 'node:timers/promises'
import { OTHER_FOLDER, READ_FOLDER, startSandboxStage } from './sandbox-stage.ts'

const STEPS = { claimed: 3, 'page-read': 2, 'before-send': 2, 'send-answered': 2, 'before-commit': 15, committed: 15 }

export async function dovecotPostfix(deps: HarnessDeps): Promise<ProtocolHarness> {
  const servers: Awaited<ReturnType<typeof startServers>>[] = []
  const stage = await startSandboxStage(deps, async ({ addresses, introspectionCredentials }, people) => {
    const { id, secret } = introspectionCredentials
    const asked = new URL(`${addresses.login}/introspect`)
    Object.assign(asked, { username: id, password: secret })
    const started = await startServers(asked.href, people)
    servers.push(started)
    return {
      wires: { imap: started.dovecot.imapPort, smtp: started.postfix.port },
      protocols: { receivesBy: 'imap', sendsBy: 'smtp' },
      async addFolders(address) {
        for (const name of [READ_FOLDER, OTHER_FOLDER]) {
          await started.dovecot.doveadm(['mailbox', 'create', '-u', address, name])
        }
      },
    }
  })
  const [{ dovecot, postfix }] = servers as [Awaited<ReturnType<typeof startServers>>]
  const { sandbox, addresses, wires, smtp } = stage
  const gate = createGate()

  return {
    ...{ environment: stage.environment, connect: stage.connect, steps: STEPS },
    faults: [
      { name: 'answers-held', options: { times: 2 } },
      { name: 'sessions-ended', options: {} },
      { name: 'dovecot-restarted', options: {} },
    ],
    async deliver({ number, account, before }) {
      const messageId = `${randomUUID()}@customer.example`
      const to = addresses[account]!
      await gate.whileUp(() => dovecot.deliver(to, letterOf({ number, messageId, to, before })))
      return messageId
    },
    async action(action, letter) {
      const { account, messageId } = letter
      const which = ['mailbox', 'INBOX', 'HEADER', 'Message-ID', messageId]
      const doveadm = (command: readonly string[], ...words: string[]) =>
        gate.whileUp(() => dovecot.doveadm([...command, '-u', addresses[account]!, ...words]))
      switch (action) {
        case 'read':
          await doveadm(['flags', 'add'], '\\Seen', ...which)
          return
        case 'move':
          await doveadm(['move'], READ_FOLDER, ...which)
          return
        case 'move-away':
          letter.fate = 'elsewhere'
          await doveadm(['move'], OTHER_FOLDER, ...which)
          return
        case 'discard':
          letter.fate = 'elsewhere'
          await doveadm(['move'], 'Trash', ...which)
          return
        case 'append-again':
          letter.mayBeTwo = true
          await doveadm(['copy'], READ_FOLDER, ...which)
          await doveadm(['expunge'], ...which)
      }
    },
    async switchOn({ name, options }, random) {
      if (name === 'answers-held') smtp.holdAnswers(Number(options.times))
      else if (name === 'sessions-ended') await gate.whileUp(() => dovecot.kick(random.one(addresses)))
      else await gate.whileDown(() => dovecot.restart())
    },
    switchOff: () => undefined,
    move: (byMs) => sandbox.clock.move(byMs),
    nextRound: () => pause(1100),
    cut: () => wires.reduce((sum, wire) => sum + wire.cut(), 0),
    silence: () => stage.silence(),
    broken: smtp.broken,
    arrivals: async () =>
      postfix.arrived().flatMap(({ to, raw }) => {
        const number = numberIn('Answer', /^Subject: (.*)$/im.exec(raw)?.[1] ?? '')
        if (number === undefined || !to.includes(CUSTOMER)) return []
        return [{ number, messageId: /^Message-ID:\s*<([^>]+)>/im.exec(raw)?.[1] ?? '' }]
      }),
    async sentCopies() {
      const copies: { account: number; number: number }[] = []
      for (const [account, address] of addresses.entries()) {
        const numbers = numbersIn('Answer', await subjectsIn(dovecot, address, 'Sent'))
        copies.push(...numbers.map((number) => ({ account, number })))
      }
      return copies
    },
    async lyingElsewhere() {
      const numbers: number[] = []
      for (const address of addresses) {
        for (const folder of [OTHER_FOLDER, 'Trash']) {
          numbers.push(...numbersIn('Letter', await subjectsIn(dovecot, address, folder)))
        }
      }
      return numbers
    },
    async letters() {
      const letters: { number: number; folder: string; isRead: boolean }[] = []
      for (const address of addresses) {
        for (const folder of ['INBOX', READ_FOLDER, OTHER_FOLDER, 'Trash']) {
          const text = await dovecot.doveadm(['fetch', '-u', address, 'hdr.subject flags', 'mailbox', folder])
          for (const message of text.split('\f')) {
            const number = numberIn('Letter', message)
            if (number === undefined) continue
            const isRead = message.includes('\\Seen')
            letters.push({ number, folder: folder === 'Trash' ? DELETED_ITEMS : folder, isRead })
          }
        }
      }
      return letters
    },
    logs: () => ({ dovecot: dovecot.log(), postfix: postfix.log() }),
    async close() {
      await postfix.stop()
      await dovecot.stop()
      await stage.close()
    },
  }
}

function subjectsIn(
  dovecot: Awaited<ReturnType<typeof startDovecot>>,
  address: string,
  folder: string,
): Promise<string> {
  return dovecot.doveadm(['fetch', '-u', address, 'hdr.subject', 'mailbox', folder])
}

function numbersIn(what: 'Letter' | 'Answer', text: string): number[] {
  return text.split('\n').flatMap((line) => numberIn(what, line) ?? [])
}

/** Deliveries and other clients wait for a server that restarts; it waits for work in progress. */
function createGate() {
  const begun = new Set<Promise<unknown>>()
  let isUp: Promise<unknown> = Promise.resolve()
  return {
    async whileUp<T>(work: () => Promise<T>): Promise<T> {
      await isUp
      const working = work()
      begun.add(working)
      return working.finally(() => begun.delete(working))
    },
    whileDown(work: () => Promise<void>): Promise<void> {
      const down = isUp.then(() => Promise.allSettled(begun)).then(work)
      isUp = down.catch(() => undefined)
      return down
    },
  }
}

/**
 * Postfix lays a copy of each message that goes out into Sent of its sender, as Exchange does. While Dovecot restarts it
 * cannot, and retries as soon as the clock of the run makes of its usual five minutes. Not after one second: a queue run in
 * the second of the failure skips the message as "still being delivered", and it was not retried for the rest of the run.
 */
const TRIES_AGAIN = 'minimal_backoff_time = 3s\nmaximal_backoff_time = 5s\nqueue_run_delay = 1s'

async function startServers(introspectionUrl: string, people: readonly { address: string; principal: string }[]) {
  const dovecot = await startDovecot({ introspectionUrl, extra: 'lmtp_save_to_detail_mailbox = yes' })
  const domains = [...new Set(people.map(({ address }) => address.split('@')[1]!))]
  const sent = people.map(({ address }) => `{${address} = ${address.replace('@', '+Sent@')}}`)
  const postfix = await startPostfix({
    dovecot,
    domains,
    sendAs: Object.fromEntries(people.map(({ address, principal }) => [address, [address, principal]])),
    extra: `sender_bcc_maps = inline:{${sent.join(', ')}}\nrecipient_delimiter = +\n${TRIES_AGAIN}`,
  }).catch(async (error: unknown) => {
    await dovecot.stop()
    throw error
  })
  return { dovecot, postfix }
}

function letterOf({
  number,
  messageId,
  to,
  before,
}: {
  number: number
  messageId: string
  to: string
  before: readonly string[]
}) {
  const subject = letterName(number)
  const threading =
    before.length === 0
      ? []
      : [`In-Reply-To: <${before.at(-1)!}>`, `References: ${before.map((id) => `<${id}>`).join('\r\n ')}`]
  return [
    ...[`From: Kim <${CUSTOMER}>`, `To: <${to}>`, `Subject: ${subject}`, `Message-ID: <${messageId}>`],
    ...[`Date: ${new Date().toUTCString().replace('GMT', '+0000')}`, ...threading, 'MIME-Version: 1.0'],
    ...['Content-Type: text/plain; charset=utf-8', '', `${subject}. Where is my kettle?`, ''],
  ].join('\r\n')
}
