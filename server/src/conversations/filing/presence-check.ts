import type { Tx } from '../../database/index.ts'
import type { Events } from '../../events/index.ts'
import type { Clock } from '../../kernel/clock.ts'
import type { StoredMessageId } from '../../kernel/ids.ts'
import type { RemoteMessage } from '../../mail/index.ts'
import { lockAccount } from '../threading/account-lock.ts'
import type { FilingAccount } from '../threading/filing-account.ts'
import { compareContent, storedContents } from './content-comparison.ts'
import { createContentReplacement } from './content-replacement.ts'
import type { MoveHook, SeenHook } from './filing-hooks.ts'
import { findPlace } from './folder-places.ts'
import { findKnown, reloadKnown } from './known-lookup.ts'
import { KNOWN } from './known-message.ts'
import { createMessageMerge } from './message-merge.ts'
import { setPresence } from './message-presence.ts'
import { findSame } from './recognition.ts'

/** Sets the presence of an unconfirmed message after it was looked up on the server. */
export function createPresenceCheck(deps: {
  clock: Clock
  events: Events
  seenHooks: readonly SeenHook[]
  moveHooks: readonly MoveHook[]
}) {
  const mergeMessage = createMessageMerge(deps)
  const replaceContent = createContentReplacement(deps)

  return async function confirmPresence(
    tx: Tx,
    account: FilingAccount,
    id: StoredMessageId,
    found: RemoteMessage | undefined,
  ): Promise<void> {
    await lockAccount(tx, account)
    const known = await tx.selectFrom('messages').select(KNOWN).where('id', '=', id).executeTakeFirst()
    // Another folder may have reported it meanwhile.
    if (known?.presence !== 'unconfirmed') return
    // The server may have found another message with the same Message-ID.
    const byId = found && (await findKnown(tx, account, found.remoteId))
    const same = byId ?? (found && (await findSame(tx, account, found, id)))
    if (!found || (same && same.id !== id)) return setPresence(tx, deps, account, known, 'gone')
    const contents = await storedContents(tx, [id])
    const isReplaced =
      found.remoteId !== known.remote_id && (await compareContent(tx, known, contents.get(id), found)) === 'changed'
    if (isReplaced) await replaceContent(tx, account, known, found)
    const stored = isReplaced ? await reloadKnown(tx, known) : known
    await mergeMessage(tx, account, stored, found, await findPlace(tx, account, found.folderRemoteId))
  }
}
