import type { EmailAccount } from '../../api/client.ts'

/**
 * `true` for problems found before the connection state recovered: they are outdated. A check that was not tried
 * without a reason is no problem: IMAP and SMTP have no drafts to try.
 */
export function isOutdated({
  preflight,
  state,
  stateSince,
}: Pick<EmailAccount, 'preflight' | 'state' | 'stateSince'>): boolean {
  const wasWrong =
    preflight?.checks.some(
      ({ what, outcome, code }) =>
        what !== 'sends' && (outcome === 'wrong' || (outcome === 'not-tried' && code !== undefined)),
    ) ?? false
  return state === 'connected' && wasWrong && new Date(preflight!.checkedAt) < new Date(stateSince)
}
