import { sql } from 'kysely'
import type { Tx } from '../../database/index.ts'
import type { Events } from '../../events/index.ts'
import type { Clock } from '../../kernel/clock.ts'
import { isOfOtherProtocol, type RemoteMessage, type SparseMessage } from '../../mail/index.ts'
import { keepSourceOfKnown } from '../stored/message-sources.ts'
import { bringsFiles, unreadMail } from '../stored/shown-columns.ts'
import { storable } from '../stored/storable.ts'
import type { FilingAccount } from '../threading/filing-account.ts'
import type { Known } from './known-message.ts'
import { isLocatedAt, locateAll } from './message-locations.ts'
import { locate, setPresence } from './message-presence.ts'
import { createDiscardedMail } from './discarded-mail.ts'
import type { MoveHook, SeenHook } from './filing-hooks.ts'
import type { FilingResult, FolderPlace } from './met-message.ts'
import { switchProtocol } from './protocol-switch.ts'

/** Merges what the server reports of a stored message: its folder, presence, id and flags. */
export function createMessageMerge(deps: {
  clock: Clock
  events: Events
  seenHooks: readonly SeenHook[]
  moveHooks: readonly MoveHook[]
}) {
  const { clock, events, seenHooks } = deps
  const discarded = createDiscardedMail(deps)

  return async function mergeMessage(
    tx: Tx,
    account: FilingAccount,
    before: Known,
    change: RemoteMessage | SparseMessage,
    place: FolderPlace | undefined,
  ): Promise<FilingResult> {
    let known = before
    if (!change.partial && isOfOtherProtocol(before.remote_id, change.remoteId)) {
      await switchProtocol(tx, account, before, change)
      known = { ...before, remote_id: change.remoteId }
    }
    if (place) await locateAll(tx, [{ place, remoteId: change.remoteId, messageId: known.id }])
    const { presence, to } = await locate(tx, account, known.id, change.folderRemoteId)
    await setPresence(tx, deps, account, known, presence)
    await discarded.recordMove(tx, account, known, to)
    if (!(await isSecondCopy(tx, known, change.remoteId))) await update(tx, account, known, change)
    if (!change.partial) await keepSourceOfKnown(tx, known.id, change)
    return { messageId: known.id, conversationId: known.conversation_id, created: false, direction: known.direction }
  }

  /** True when the message also has its stored id, in another folder: flags of a second copy are not those of the first. */
  async function isSecondCopy(tx: Tx, known: Known, remoteId: string): Promise<boolean> {
    return known.remote_id !== remoteId && (await isLocatedAt(tx, known.id, known.remote_id))
  }

  async function update(
    tx: Tx,
    account: FilingAccount,
    known: Known,
    change: RemoteMessage | SparseMessage,
  ): Promise<void> {
    await tx
      .updateTable('messages')
      .set({
        remote_id: change.remoteId,
        ...(change.hasAttachments === undefined ? {} : { has_attachments: change.hasAttachments }),
      })
      .where('id', '=', known.id)
      .execute()
    const { hasAttachments } = change
    if (hasAttachments && !known.has_attachments && bringsFiles({ ...change, hasAttachments })) {
      await sql`UPDATE conversations SET has_files = true WHERE id = ${known.conversation_id}`.execute(tx)
    }
    await setFlags(tx, account, known, flagsAfter(known, change))
  }

  async function isOwnMark(tx: Tx, { id }: Known, isSeen: boolean): Promise<boolean> {
    for (const hook of seenHooks) if (await hook(tx, id, isSeen)) return true
    return false
  }

  async function setFlags(tx: Tx, account: FilingAccount, known: Known, flags: readonly string[]): Promise<void> {
    const after = [...new Set(flags.map(storable))].sort()
    const before = [...known.flags].sort()
    if (after.join('\n') === before.join('\n')) return
    // Only a change of `seen` on the server changes `unread`: marks set in Postkey alone stay.
    const seen = after.includes('seen')
    const turned = seen !== before.includes('seen') && !(await isOwnMark(tx, known, seen))
    await tx
      .updateTable('messages')
      .set({ flags: after, ...(turned ? { unread: !seen && known.direction === 'in' } : {}) })
      .where('id', '=', known.id)
      .execute()
    if (turned) {
      const id = known.conversation_id
      await sql`UPDATE conversations
        SET (unread, news_at) = ${unreadMail(sql`${id}::uuid`)}
        WHERE id = ${id}`.execute(tx)
    }
    await events.append(tx, {
      kind: 'message.flags_changed',
      emailAccountId: known.owner_id,
      subjectId: known.id,
      payload: { conversationId: known.conversation_id, flags: after },
      at: clock.now(),
    })
  }
}

/** Flags after a change: a whole message has all of them, a sparse one only those that changed. */
function flagsAfter(known: Known, change: RemoteMessage | SparseMessage): readonly string[] {
  if (!change.partial) return change.flags
  if (change.flags) return change.flags
  return [...known.flags.filter((flag) => !change.flagsRemoved.includes(flag)), ...change.flagsAdded]
}
