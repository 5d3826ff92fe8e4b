import { AppError } from '../../kernel/errors.ts'
import type { EmailAccount } from '../../email-accounts/index.ts'

/** Notification URLs, or the reason why the server can't send notifications. */
export type PushSettings = { notificationUrl: string; lifecycleNotificationUrl: string } | { unavailable: AppError }

/**
 * Decides if Microsoft can send notifications of new mail. It must reach Postkey by HTTPS, except in a cloud on this
 * machine. A person can't subscribe to a shared mailbox; the application itself can.
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
