import type { MessageFiling, StoredMessages } from '../../conversations/index.ts'
import type { EmailAccount } from '../../email-accounts/index.ts'
import type { Clock } from '../../kernel/clock.ts'
import { AppError } from '../../kernel/errors.ts'
import type { RemoteAttachment, RemoteMessage, SparseMessage } from '../../mail/index.ts'
import type { ChangePage, ReadingTransport } from '../../transports/index.ts'

/**
 * Period after receipt in which each change of a message may be one of its content: Microsoft Defender scans for
 * minutes (Dynamic Delivery). Later, only changes not explained by flags count.
 */
const OFTEN_REPLACED_MS = 48 * 60 * 60_000

export type ChangedContent = ReturnType<typeof createChangedContent>

/** Finds messages of a page whose content differs from the stored one, before the page is stored. */
export function createChangedContent(deps: {
  filing: MessageFiling
  messages: Pick<StoredMessages, 'keepAttachments'>
  clock: Clock
}) {
  const { filing, messages, clock } = deps

  async function withChangedContent(
    account: EmailAccount,
    transport: ReadingTransport,
    page: Pick<ChangePage, 'firstRound' | 'reset'>,
    upserts: readonly (RemoteMessage | SparseMessage)[],
  ): Promise<readonly (RemoteMessage | SparseMessage)[]> {
    if (transport.protocol === 'imap') return withNewIds(account, transport, upserts)
    const told = await withListedTwins(account, transport, upserts)
    // A round from the start reports all messages, whether changed or not.
    return page.firstRound || page.reset ? told : withKeptIds(account, transport, told)
  }

  /** An IMAP server stores a replaced message under a new UID (RFC 9051 §2.3.1.1): the earlier UID is gone. */
  async function withNewIds(
    account: EmailAccount,
    transport: ReadingTransport,
    upserts: readonly (RemoteMessage | SparseMessage)[],
  ): Promise<readonly (RemoteMessage | SparseMessage)[]> {
    const whole = upserts.filter((each): each is RemoteMessage => !each.partial)
    const earlier = await filing.findEarlierVersions(account, whole)
    if (earlier.size === 0) return upserts
    const asked: (RemoteMessage | SparseMessage)[] = []
    for (const each of upserts) {
      const replaces = each.partial ? undefined : await firstGone(transport, earlier.get(each) ?? [])
      asked.push(replaces === undefined ? each : ({ ...each, replaces } as RemoteMessage))
    }
    return asked
  }

  /** Returns an id of the first stored message that the server no longer has. */
  async function firstGone(
    transport: ReadingTransport,
    stored: readonly (readonly string[])[],
  ): Promise<string | undefined> {
    for (const ids of stored) if (ids.length > 0 && (await isGone(transport, ids))) return ids[0]
    return undefined
  }

  async function isGone(transport: ReadingTransport, ids: readonly string[]): Promise<boolean> {
    for (const id of ids) if (await transport.fetchMessage(id)) return false
    return true
  }

  /** Graph returns attachments only on request, and two messages with the same key may differ in nothing else. */
  async function withListedTwins(
    account: EmailAccount,
    transport: ReadingTransport,
    upserts: readonly (RemoteMessage | SparseMessage)[],
  ): Promise<readonly (RemoteMessage | SparseMessage)[]> {
    const whole = upserts.filter((each): each is RemoteMessage => !each.partial)
    const twins = await filing.findUnlistedTwins(account, whole)
    if (twins.size === 0) return upserts
    const listed: (RemoteMessage | SparseMessage)[] = []
    for (const each of upserts) {
      const attachments = !each.partial && twins.has(each) ? await attachmentsOf(transport, each.remoteId) : undefined
      const twin = attachments && !each.partial ? twins.get(each) : undefined
      const ofTwin = twin && transport.owns(twin.remoteId) ? await attachmentsOf(transport, twin.remoteId) : undefined
      if (twin && ofTwin) await messages.keepAttachments(twin.id, ofTwin)
      listed.push(attachments ? ({ ...each, attachments } as RemoteMessage) : each)
    }
    return listed
  }

  /**
   * Graph reports replaced content as a change of the same id. Attachments are compared only if they were listed
   * before.
   */
  async function withKeptIds(
    account: EmailAccount,
    transport: ReadingTransport,
    upserts: readonly (RemoteMessage | SparseMessage)[],
  ): Promise<readonly (RemoteMessage | SparseMessage)[]> {
    const states = await filing.findContentStates(
      account.id,
      upserts.map(({ remoteId }) => remoteId),
    )
    const asked: (RemoteMessage | SparseMessage)[] = []
    for (const each of upserts) {
      const state = states.get(each.remoteId)
      const isAsked = state?.hasListedAttachments === true && (isRecent(state.receivedAt) || !isOfFlags(each, state.flags)) // prettier-ignore
      if (isAsked) asked.push(await withAttachments(transport, each))
      else asked.push(state && !each.partial ? { ...each, replaces: each.remoteId } : each)
    }
    return asked
  }

  function isRecent(receivedAt: Date): boolean {
    return clock.now().getTime() - receivedAt.getTime() < OFTEN_REPLACED_MS
  }

  return withChangedContent
}

/** Returns undefined if the message is deleted. */
async function attachmentsOf(transport: ReadingTransport, remoteId: string): Promise<RemoteAttachment[] | undefined> {
  try {
    return await transport.listAttachments(remoteId)
  } catch (error) {
    if (error instanceof AppError && error.code === 'transports.item_gone') return undefined
    throw error
  }
}

async function withAttachments(
  transport: ReadingTransport,
  change: RemoteMessage | SparseMessage,
): Promise<RemoteMessage | SparseMessage> {
  const { remoteId, folderRemoteId } = change
  try {
    const whole = change.partial ? await transport.fetchMessage(remoteId) : change
    if (!whole || whole.folderRemoteId !== folderRemoteId) return change
    const attachments = whole.hasAttachments ? await transport.listAttachments(remoteId) : []
    return { ...whole, attachments, replaces: remoteId }
  } catch (error) {
    // Deleted or moved meanwhile; the next page reports it.
    if (error instanceof AppError && error.code === 'transports.item_gone') return change
    throw error
  }
}

/** Returns true if the change affects flags only. */
function isOfFlags(change: RemoteMessage | SparseMessage, before: readonly string[]): boolean {
  if (!change.partial || change.flags) {
    const now = change.flags ?? []
    return now.length !== before.length || now.some((flag) => !before.includes(flag))
  }
  return (
    change.flagsAdded.some((flag) => !before.includes(flag)) ||
    change.flagsRemoved.some((flag) => before.includes(flag))
  )
}
