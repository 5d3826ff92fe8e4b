import type { Clock } from '../../kernel/clock.ts'
import type { Egress } from '../../kernel/egress.ts'
import { pauseFor } from '../../kernel/pause.ts'
import { IMAP_PREFIX, REMOVED_PREFIX, type RemoteMessage } from '../../mail/index.ts'
import type { Parser } from '../../mime/index.ts'
import type { TransportToken } from '../access-token.ts'
import type { DraftSending, Lane, MailTransport, ReadingTransport } from '../mail-transport.ts'
import { downloadAttachment, listAttachments } from './attachments.ts'
import type { CallBudget } from './call-budget.ts'
import { folderChanges } from './delta.ts'
import { createDrafts, LIMITS_OWN, LIMITS_SHARED } from './drafts.ts'
import { createFolders } from './folders.ts'
import { folderInventory } from './inventory.ts'
import { createGraphClient } from './graph-client.ts'
import { mailboxAddresses } from './addresses.ts'
import { createMessageChanges } from './message-changes.ts'
import { createMessages } from './messages.ts'
import { createNotifications } from './notifications.ts'
import { preflight } from './preflight.ts'
import { withReport } from './reports.ts'

export interface GraphTransportOptions {
  cloud: {
    /** The only origin that the access token is sent to. */
    graphRoot: string
    /** Prefix of the cloud's Exchange host, which also accepts large files. */
    scopePrefixes: { exchange: string }
    allowsHttpLoopback: boolean
  }
  egress: Egress
  clock: Clock
  /** Returns an access token for the resource `graph`. */
  accessToken: () => Promise<TransportToken>
  /** Reports a token that Graph refused, with the claims required in the next one (CAE). */
  discard: (token: TransportToken, claims?: string) => Promise<void>
  /** `me` for the mailbox of the person who signed in; otherwise an address or id. */
  address: string
  /** Kind of caller. With application permissions, `me` does not exist. Default: a person. */
  principal?: 'person' | 'application'
  /** Budget of the mailbox, shared by all its callers. */
  budget: CallBudget
  /** Parses long bodies and the sources of reports. Without it, reports are shown but not linked to a message. */
  parser?: Pick<Parser, 'parse' | 'readText'> | undefined
  /** Replaces waiting and jitter in tests. */
  sleep?: (ms: number) => Promise<unknown>
  random?: () => number
}

/** Transport for reading and sending by Microsoft Graph, with a preflight of both. */
export interface GraphTransport extends MailTransport {
  readonly sending: DraftSending
  readonly ownAddresses: () => Promise<string[]>
}

/** Exchange needs about a second to move a sent draft to Sent Items, and then notifies. */
const SYNC_FINDS_COPY_WITHIN_MS = 2000

/** Creates the transport of a mailbox on Microsoft Graph. */
export function createGraphTransport(options: GraphTransportOptions): GraphTransport {
  const {
    cloud,
    egress,
    clock,
    address,
    budget,
    principal = 'person',
    sleep = (ms: number) => pauseFor(ms, { clock }),
  } = options
  const client = createGraphClient({ ...options, graphRoot: cloud.graphRoot, mailbox: address, sleep })
  const folders = createFolders(client)
  const messages = createMessages(client, folders)
  const isShared = address !== 'me' && principal === 'person'
  const upload = { egress, clock, budget, sleep, isUploadHost: uploadHostOf(cloud) }
  const drafts = createDrafts(client, upload, { isShared })
  const notifications = createNotifications(client, clock, address)

  const { parser } = options
  const fetchSource = (remoteId: string) => messages.fetchSource(remoteId)
  const reported = (message: RemoteMessage) => (parser ? withReport(message, { fetchSource, parser }) : message)

  async function fetchMessage(remoteId: string, lane?: Lane): Promise<RemoteMessage | undefined> {
    const message = await messages.fetch(remoteId, lane)
    if (!message) return undefined
    await parser?.readText(message.body)
    return reported(message)
  }

  async function* changes(...[folder, cursor, wanted]: Parameters<ReadingTransport['changes']>) {
    for await (const page of folderChanges(client, folder, cursor, wanted)) {
      // All at once, so that every thread has work.
      await parser?.readText(...page.upserts.flatMap((each) => (each.partial ? [] : [each.body])))
      const upserts = []
      for (const each of page.upserts) upserts.push(each.partial ? each : await reported(each))
      yield { ...page, upserts }
    }
  }

  return {
    preflight: () => preflight(client, folders),
    ownAddresses: () => mailboxAddresses(client),
    reading: {
      protocol: 'graph',
      owns: (remoteId) => ![IMAP_PREFIX, REMOVED_PREFIX].some((prefix) => remoteId.startsWith(prefix)),
      listFolders: () => folders.list(),
      changes,
      newest: (folderRemoteId, limit) => messages.newest(folderRemoteId, limit),
      newestThreads: (folderRemoteId, options) => messages.newestThreads(folderRemoteId, options),
      inventory: (folderRemoteId, since) => folderInventory({ client, fetchMessage }, folderRemoteId, since),
      fetchMessage,
      fetchSource: (remoteId, lane) => messages.fetchSource(remoteId, lane),
      streamSource: (remoteId, { maxBytes }) => messages.streamSource(remoteId, maxBytes),
      listAttachments: (remoteId) => listAttachments(client, remoteId),
      downloadAttachment: (remoteId, attachmentRemoteId, limits) =>
        downloadAttachment(client, remoteId, attachmentRemoteId, limits),
      findByMessageId: (messageId, where) => messages.findByMessageId(messageId, where),
      changing: createMessageChanges(client),
      notifications,
    },
    sending: {
      protocol: 'graph',
      by: 'draft',
      limits: isShared ? LIMITS_SHARED : LIMITS_OWN,
      syncFindsCopyWithinMs: SYNC_FINDS_COPY_WITHIN_MS,
      createDraft: (message) => drafts.create(message),
      attach: (remoteId, attachment) => drafts.attach(remoteId, attachment),
      sendDraft: (remoteId) => drafts.send(remoteId),
      whatBecameOf: (remoteId) => messages.whatBecameOf(remoteId),
      async findSent(remoteId) {
        const message = await messages.fetch(remoteId, 'send')
        return message?.flags.includes('draft') ? undefined : message
      },
      findDrafts: (messageId) => messages.findByMessageId(messageId, 'drafts'),
      deleteDraft: (remoteId) => messages.deleteDraft(remoteId),
    },
  }
}

/**
 * Allowed upload hosts: Graph, Exchange of the same cloud, and for a cloud on this machine the machine's other names.
 */
function uploadHostOf({ graphRoot, scopePrefixes, allowsHttpLoopback }: GraphTransportOptions['cloud']) {
  const graph = new URL(graphRoot)
  const exchange = new URL(scopePrefixes.exchange)
  return (url: URL): boolean => {
    if (url.username !== '' || url.password !== '') return false
    if (url.origin === graph.origin || url.origin === exchange.origin) return true
    return allowsHttpLoopback && url.port === graph.port && isLoopback(url) && isLoopback(graph)
  }
}

function isLoopback({ hostname }: URL): boolean {
  return hostname === 'localhost' || /^127(\.\d{1,3}){3}$/.test(hostname) || hostname === '[::1]'
}
