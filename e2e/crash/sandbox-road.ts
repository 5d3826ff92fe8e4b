/** The roads of the sandbox: it runs in this process, so that another client of its mail can be played, too. */
import { join } from 'node:path'
import { writeCloudsFile } from '../../scripts/start/sandbox-process.ts'
import { anyFreePort, type Ports } from '../../sandbox/src/ports.ts'
import { startSandbox, type Sandbox } from '../../sandbox/src/sandbox.ts'
import { prepareCast } from '../drill/cast.ts'
import { connectPart } from '../drill/connected-part.ts'
import { createDesk } from '../drill/desk.ts'
import { inParallel } from '../drill/in-parallel.ts'
import { ADMIN } from '../walk/connecting.ts'
import { createPostkeyClient } from '../walk/postkey-client.ts'
import { askDatabase } from './facts.ts'
import { createSmtpWatch } from './smtp-watch.ts'
import { CUSTOMER, letterName, numberIn, type Letter, type Road, type RoadDeps, type RoadFault } from './road.ts'
import { startTcpProxy } from './tcp-proxy.ts'

const PARTS = [
  { name: 'own', kind: 'user', key: 'OW', byMailProtocols: true },
  { name: 'shared', kind: 'shared', key: 'SH', count: 2, byMailProtocols: true },
] as const

/** No fault of the sandbox: the wire lets the dot through and not the answer. */
const HOLD_ANSWERS = 'answers-held'

/** What is tried of one road, besides what is the same on all. */
interface SandboxPlan {
  /** The parts of the sandbox behind wires that are cut. */
  wires: readonly (keyof Ports)[]
  /** By which roads its mailboxes are read and sent from; Graph where nothing is said. */
  roads?: { receivesBy: 'imap'; sendsBy: 'smtp' }
  steps: Road['steps']
  faults: readonly RoadFault[]
}

const EVERYWHERE = {
  claimed: 3,
  'page-read': 2,
  'before-send': 2,
  'send-answered': 2,
  'before-commit': 15,
  committed: 15,
}

/** Each fault ends by itself after a few times, so that what it does is done again. */
const BY_GRAPH: SandboxPlan = {
  wires: ['graph'],
  steps: { ...EVERYWHERE, 'message-fetched': 1, 'before-draft': 2, 'draft-made': 2, 'copy-looked-for': 2 },
  faults: [
    { name: 'graph-throttled', options: { retryAfterSeconds: 5, calls: 'all', times: 10 } },
    { name: 'graph-throttled', options: { retryAfterSeconds: 0, calls: 'send', times: 5 } },
    { name: 'mailbox-concurrency', options: { retryAfterSeconds: 1, times: 10 } },
    { name: 'server-busy', options: { times: 10 } },
    { name: 'graph-unavailable', options: { times: 10 } },
    { name: 'graph-connection-cut', options: { times: 10 } },
    { name: 'graph-truncated-json', options: { times: 5 } },
    { name: 'send-answer-lost', options: { times: 5 } },
    { name: 'sent-copy-late', options: { seconds: 600, times: 5 } },
    { name: 'delta-expired', options: { times: 3 } },
    { name: 'notifications-dropped', options: { times: 20 } },
  ],
}

const BY_IMAP_AND_SMTP: SandboxPlan = {
  wires: ['imap', 'smtp'],
  roads: { receivesBy: 'imap', sendsBy: 'smtp' },
  steps: EVERYWHERE,
  faults: [
    { name: 'imap-throttled', options: { backoffMs: 3000, times: 5 } },
    { name: 'imap-unavailable', options: { times: 5 } },
    { name: 'imap-connection-cut', options: { times: 5 } },
    { name: 'imap-cut-in-fetch', options: { times: 5 } },
    { name: 'imap-token-expired', options: { afterSeconds: 5, times: 2 } },
    { name: 'imap-uid-validity', options: { numbers: 'from one', times: 1 } },
    { name: 'smtp-answer-lost', options: { times: 2 } },
    { name: 'smtp-cut-before-dot', options: { times: 2 } },
    { name: 'smtp-cut-after-dot', options: { times: 1 } },
    { name: 'smtp-421-after-dot', options: { message: 'taken', times: 1 } },
    { name: 'smtp-greylisted', options: { times: 3 } },
    { name: 'smtp-store-unavailable', options: { times: 3 } },
    { name: 'smtp-too-many-connections', options: { at: 'AUTH', times: 3 } },
    { name: 'smtp-sent-copy-late', options: { seconds: 600, times: 3 } },
    { name: HOLD_ANSWERS, options: { times: 2 } },
  ],
}

/** Read from the start, and one that is made here; the last is never read. */
const READ_FOLDER = 'Kept'
const OTHER_FOLDER = 'Not read'

export const graphSandbox = (deps: RoadDeps) => sandboxRoad(deps, BY_GRAPH)
export const imapSandbox = (deps: RoadDeps) => sandboxRoad(deps, BY_IMAP_AND_SMTP)

async function sandboxRoad({ folder, address, databaseUrl }: RoadDeps, plan: SandboxPlan): Promise<Road> {
  const sandboxFolder = join(folder, 'sandbox')
  const cast = await prepareCast(sandboxFolder, `${address}/oauth/callback`, PARTS)
  const ports = await freePorts()
  // What Postkey knows of the mail servers is the wire that is cut.
  const behindWire = { ...ports }
  for (const part of plan.wires) behindWire[part] = await anyFreePort()
  const sandbox = await startSandbox({
    databasePath: join(sandboxFolder, 'sandbox.sqlite'),
    ports,
    named: { graph: `http://localhost:${behindWire.graph}` },
    withMail: false,
  })
  const smtp = createSmtpWatch()
  const wires = await inParallel(plan.wires, 1, (part) =>
    startTcpProxy({
      port: behindWire[part],
      to: () => [{ host: 'localhost', port: ports[part] }],
      ...(part === 'smtp' && { tap: (connection) => smtp.tap(connection) }),
    }),
  )
  const addresses: string[] = []

  const ownerOf = (account: number) => sandbox.directory.people.findUserByAddress(addresses[account]!)!.id

  return {
    steps: plan.steps,
    faults: plan.faults,
    environment: {
      POSTKEY_CLOUDS_FILE: writeCloudsFile(folder, behindWire),
      POSTKEY_CLOCK: `${sandbox.addresses.desk}/api/clock`,
    },
    async connect(firstAdminLink) {
      const client = createPostkeyClient(address)
      await client.call('POST', '/v1/links/accept', { token: new URL(firstAdminLink).hash.slice(1), ...ADMIN })
      const desk = await createDesk(sandbox.addresses.desk, address)
      const postkey = { address, sandbox: sandbox.addresses }
      const accounts = []
      for (const { name, kind, key } of PARTS) {
        const { part, accountIds } = await connectPart({ client, postkey, desk, admin: ADMIN.email }, cast.get(name)!, {
          key,
          kind,
        })
        for (const [i, id] of accountIds.entries()) accounts.push({ id, address: part.addresses[i]! })
      }
      addresses.push(...accounts.map((account) => account.address))
      accounts.forEach((_, i) => {
        const root = sandbox.mailStore.wellKnownFolder(ownerOf(i), 'inbox').parentFolderId!
        for (const name of [READ_FOLDER, OTHER_FOLDER]) sandbox.mailStore.addFolder(ownerOf(i), root, name)
      })
      if (plan.roads) await consentToMailProtocols(databaseUrl)
      for (const { id } of accounts) {
        if (plan.roads) await client.call('PATCH', `/v1/email-accounts/${id}`, { receivesBy: plan.roads.receivesBy })
        const path = `/v1/email-accounts/${id}/folders`
        type Folders = { folders: { remoteId: string; name: string; synced: boolean }[] }
        const { folders } = await client.call<Folders>('GET', path)
        const read = folders.filter(({ synced, name }) => synced || name === READ_FOLDER)
        await client.call('PUT', path, { folderRemoteIds: read.map(({ remoteId }) => remoteId) })
      }
      const scopes = ['mail:read', 'mail:send', 'admin:read']
      const { key } = await client.call<{ key: string }>('POST', '/v1/api-keys', {
        ...{ name: 'crash', scopes, emailAccountIds: 'all' },
      })
      return { key, accounts }
    },
    async deliver({ number, account, before }) {
      const subject = letterName(number)
      const answer = await fetch(`${sandbox.addresses.desk}/api/outside/messages`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({
          ...{ from: { name: 'Kim', address: CUSTOMER }, to: addresses[account], subject },
          text: `${subject}. Where is my kettle?`,
          ...(before.length > 0 && { inReplyTo: `<${before.at(-1)!}>`, references: before.map((id) => `<${id}>`) }),
        }),
      })
      if (!answer.ok) throw new Error(`${subject} was not taken: ${answer.status} ${await answer.text()}`)
      const { messageId } = (await answer.json()) as { messageId: string }
      return messageId.replaceAll(/^<|>$/g, '')
    },
    async deed(deed, letter) {
      act(sandbox, ownerOf(letter.account), deed, letter)
    },
    switchOn({ name, options }, random) {
      if (name === HOLD_ANSWERS) smtp.holdAnswers(Number(options.times))
      else sandbox.faults.switchOn(name, { mailbox: random.one(addresses) }, options)
    },
    switchOff: () => sandbox.faults.switchAllOff(),
    move: (byMs) => sandbox.clock.move(byMs),
    cut: () => wires.reduce((sum, wire) => sum + wire.cut(), 0),
    // None where nothing goes out by SMTP: what became of a draft is asked by its id.
    broken: smtp.broken,
    arrivals: () => arrivalsAt(sandbox.addresses.desk),
    async close() {
      for (const wire of wires) await wire.close()
      await sandbox.close()
    },
  }
}

/** The organization has consented to both; what a set-up for Graph asked for is only a part of it. */
async function consentToMailProtocols(databaseUrl: string): Promise<void> {
  const scopes = ['IMAP.AccessAsUser.All', 'SMTP.Send'].map((name) => `https://outlook.office.com/${name}`)
  await askDatabase(databaseUrl)(
    'UPDATE grants SET scopes_wanted = scopes_wanted || $1, scopes_granted = scopes_granted || $1',
    [scopes],
  )
  await askDatabase(databaseUrl)("UPDATE email_accounts SET sends_by = 'smtp'")
}

async function freePorts(): Promise<Ports> {
  const ports: Partial<Ports> = {}
  for (const part of ['login', 'graph', 'portal', 'desk', 'imap', 'smtp'] as const) ports[part] = await anyFreePort()
  return ports as Ports
}

function act({ mailStore }: Sandbox, owner: string, deed: Parameters<Road['deed']>[0], letter: Letter): void {
  const [message] = mailStore.messagesByInternetMessageId(owner, `<${letter.messageId}>`)
  if (!message) return
  const root = mailStore.wellKnownFolder(owner, 'inbox').parentFolderId!
  const folder = (name: string) => mailStore.listFolders(owner, root).find((each) => each.displayName === name)!.id
  switch (deed) {
    case 'read':
      mailStore.updateFlags(message.key, { isRead: true })
      return
    case 'move':
      mailStore.move(message.key, folder(READ_FOLDER))
      return
    case 'move-away':
      letter.fate = 'elsewhere'
      mailStore.move(message.key, folder(OTHER_FOLDER))
      return
    case 'append-again':
      mailStore.copy(message.key, folder(READ_FOLDER))
      mailStore.remove(message.key)
  }
}

async function arrivalsAt(desk: string): Promise<{ number: number; messageId: string }[]> {
  const arrivals: { number: number; messageId: string }[] = []
  for (let after = 0; ;) {
    const query = new URLSearchParams({ to: CUSTOMER, after: String(after), limit: '200', waitMs: '0' })
    const answer = await fetch(`${desk}/api/outside/messages?${query.toString()}`)
    const { messages, next } = (await answer.json()) as {
      messages: { subject: string; messageId?: string }[]
      next: number
    }
    for (const { subject, messageId } of messages) {
      const number = numberIn('Answer', subject)
      if (number !== undefined) arrivals.push({ number, messageId: messageId ?? '' })
    }
    if (messages.length < 200) return arrivals
    after = next
  }
}
