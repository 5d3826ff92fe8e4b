import { AppError } from '../../kernel/errors.ts'
import type { EmailAccount } from '../../email-accounts/index.ts'

/** Where the server may tell us of new mail; why not, when it cannot. */
export type PushSettings = { notificationUrl: string; lifecycleNotificationUrl: string } | { unavailable: AppError }

/**
 * Whether Microsoft can tell us of new mail: it must reach us, by https except in a cloud of this machine, and it
 * refuses a person who subscribes to a shared mailbox. The application itself may.
 *
 * @see https://learn.microsoft.com/graph/outlook-share-messages-folders
 */
export function pushSettings({
  publicUrl,
  kind,
  principal,
  allowsHttpLoopback,
}: {
  publicUrl: URL
  kind: EmailAccount['kind']
  principal: Pick<EmailAccount['principal'], 'kind'>
  allowsHttpLoopback: boolean
}): PushSettings {
  if (kind === 'shared' && principal.kind === 'grant') return { unavailable: new AppError('sync.push_not_for_shared') }
  const isLocal = isLoopbackName(publicUrl.hostname)
  const reachable = allowsHttpLoopback ? isLocal || publicUrl.protocol === 'https:' : !isLocal
  if (!reachable || (publicUrl.protocol !== 'https:' && !allowsHttpLoopback)) {
    return { unavailable: new AppError('sync.push_needs_public_url') }
  }
  const notificationUrl = `${publicUrl.origin}/graph/notifications`
  return { notificationUrl, lifecycleNotificationUrl: notificationUrl }
}

function isLoopbackName(hostname: string): boolean {
  return hostname === 'localhost' || hostname.endsWith('.localhost') || /^127\.|^\[::1\]$/.test(hostname)
}
