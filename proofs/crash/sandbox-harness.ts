/** Protocols of the sandbox, whose store other clients of the mailboxes use too: Graph, and IMAP with SMTP. */
import type { Sandbox } from '../../sandbox/src/sandbox.ts'
import {
  CUSTOMER,
  DELETED_ITEMS,
  letterName,
  numberIn,
  type Letter,
  type ProtocolHarness,
  type HarnessDeps,
  type ProtocolFault,
} from './protocol-harness.ts'
import { OTHER_FOLDER, READ_FOLDER, startSandboxStage, type SandboxStageOptions } from './sandbox-stage.ts'

/** More than a run has. */
const MOST_MESSAGES = 100_000
/** Not a fault of the sandbox: the wire lets the dot through but not the response. */
const HOLD_ANSWERS = 'answers-held'

/** Protocol-specific part of the plan. */
interface SandboxPlan {
  protocols?: SandboxStageOptions['protocols']
  steps: ProtocolHarness['steps']
  faults: readonly ProtocolFault[]
}

const EVERYWHERE = {
  claimed: 3,
  'page-read': 2,
  'before-send': 2,
  'send-answered': 2,
  'before-commit': 15,
  committed: 15,
}

/** Each fault ends by itself after a few times, so that its work is repeated. */
const BY_GRAPH: SandboxPlan = {
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
  protocols: { receivesBy: 'imap', sendsBy: 'smtp' },
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

export const graphSandbox = (deps: HarnessDeps) => sandboxHarness(deps, BY_GRAPH)
export const imapSandbox = (deps: HarnessDeps) => sandboxHarness(deps, BY_IMAP_AND_SMTP)

async function sandboxHarness(deps: HarnessDeps, { protocols, steps, faults }: SandboxPlan): Promise<ProtocolHarness> {
  const stage = await startSandboxStage(deps, async (of) => ({
    wires: protocols ? { imap: undefined, smtp: undefined } : {},
    protocols,
    async addFolders(address) {
      const owner = of.directory.people.findUserByAddress(address)!.id
      const root = of.mailStore.wellKnownFolder(owner, 'inbox').parentFolderId!
      for (const name of [READ_FOLDER, OTHER_FOLDER]) of.mailStore.addFolder(owner, root, name)
    },
  }))
  const { sandbox, addresses, wires, smtp } = stage

  return {
    ...{ steps, faults, environment: stage.environment, connect: stage.connect },
    async deliver({ number, account, before }) {
      const subject = letterName(number)
      const answer = await fetch(`${sandbox.addresses.controlPanel}/api/outside/messages`, {
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
      return bare(messageId)
    },
    async action(action, letter) {
      act(sandbox, sandbox.directory.people.findUserByAddress(addresses[letter.account]!)!.id, action, letter)
    },
    async switchOn({ name, options }, random) {
      if (name === HOLD_ANSWERS) smtp.holdAnswers(Number(options.times))
      else sandbox.faults.switchOn(name, { mailbox: random.one(addresses) }, options)
    },
    switchOff: () => sandbox.faults.switchAllOff(),
    move: (byMs) => sandbox.clock.move(byMs),
    // Times have a resolution of a second, so mail of another round must come later.
    nextRound: async () => sandbox.clock.move(2000),
    cut: () => wires.reduce((sum, wire) => sum + wire.cut(), 0),
    silence: () => stage.silence(),
    // Empty without SMTP: the status of a draft is queried by its id.
    broken: smtp.broken,
    arrivals: () => arrivalsAt(sandbox.addresses.controlPanel),
    sentCopies: () =>
      Promise.resolve(
        addresses.flatMap((address, account) => {
          const subjects = subjectsIn(
            sandbox,
            address,
            (owner) => sandbox.mailStore.wellKnownFolder(owner, 'sentitems').id,
          )
          return subjects.flatMap((subject) => {
            const number = numberIn('Answer', subject)
            return number === undefined ? [] : [{ account, number }]
          })
        }),
      ),
    letters: () =>
      Promise.resolve(
        addresses.flatMap((address) =>
          ['Inbox', READ_FOLDER, OTHER_FOLDER, DELETED_ITEMS].flatMap((folder) => {
            const found = messagesIn(sandbox, address, (owner) => folderNamed(sandbox, owner, folder))
            return found.flatMap(({ subject, isRead }) => {
              const number = numberIn('Letter', subject)
              return number === undefined ? [] : [{ number, folder, isRead }]
            })
          }),
        ),
      ),
    logs: () => ({}),
    lyingElsewhere: () =>
      Promise.resolve(
        addresses.flatMap((address) =>
          [OTHER_FOLDER, DELETED_ITEMS].flatMap((folder) =>
            subjectsIn(sandbox, address, (owner) => folderNamed(sandbox, owner, folder)).flatMap(
              (subject) => numberIn('Letter', subject) ?? [],
            ),
          ),
        ),
      ),
    close: () => stage.close(),
  }
}

function bare(messageId: string): string {
  return messageId.replaceAll(/^<|>$/g, '')
}

function act(
  { mailStore }: Sandbox,
  owner: string,
  action: Parameters<ProtocolHarness['action']>[0],
  letter: Letter,
): void {
  const [message] = mailStore.messagesByInternetMessageId(owner, `<${letter.messageId}>`)
  if (!message) return
  const folder = (name: string) => folderNamed({ mailStore }, owner, name)
  switch (action) {
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
    case 'discard':
      letter.fate = 'elsewhere'
      mailStore.move(message.key, mailStore.wellKnownFolder(owner, 'deleteditems').id)
      return
    case 'append-again':
      mailStore.copy(message.key, folder(READ_FOLDER))
      mailStore.remove(message.key)
  }
}

function folderNamed({ mailStore }: Pick<Sandbox, 'mailStore'>, owner: string, name: string): string {
  const root = mailStore.wellKnownFolder(owner, 'inbox').parentFolderId!
  return mailStore.listFolders(owner, root).find((each) => each.displayName === name)!.id
}

/** Subjects of all messages in one folder of that address. */
function subjectsIn(...of: Parameters<typeof messagesIn>): string[] {
  return messagesIn(...of).map(({ subject }) => subject)
}

function messagesIn(
  { directory, mailStore }: Pick<Sandbox, 'directory' | 'mailStore'>,
  address: string,
  folderOf: (owner: string) => string,
) {
  const owner = directory.people.findUserByAddress(address)!.id
  return mailStore.listMessages({ mailboxId: owner, folderId: folderOf(owner), limit: MOST_MESSAGES })
}

async function arrivalsAt(controlPanel: string): Promise<{ number: number; messageId: string }[]> {
  const arrivals: { number: number; messageId: string }[] = []
  for (let after = 0; ;) {
    const query = new URLSearchParams({ to: CUSTOMER, after: String(after), limit: '200', waitMs: '0' })
    const answer = await fetch(`${controlPanel}/api/outside/messages?${query.toString()}`)
    const { messages, next } = (await answer.json()) as {
      messages: { subject: string; messageId?: string }[]
      next: number
    }
    for (const { subject, messageId } of messages) {
      const number = numberIn('Answer', subject)
      if (number !== undefined) arrivals.push({ number, messageId: bare(messageId ?? '') })
    }
    if (messages.length < 200) return arrivals
    after = next
  }
}
