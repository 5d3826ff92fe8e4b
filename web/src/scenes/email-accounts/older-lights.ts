import type { EmailAccount } from '../../api/client.ts'

/**
 * What was wrong, seen before the state became good: it says nothing about now. What was not tried without a reason is
 * nothing that was wrong: IMAP and SMTP have no drafts to try.
 */
export function isOlder({
  preflight,
  state,
  stateSince,
}: Pick<EmailAccount, 'preflight' | 'state' | 'stateSince'>): boolean {
  const wasWrong =
    preflight?.lights.some(
      ({ what, outcome, code }) =>
        what !== 'sends' && (outcome === 'wrong' || (outcome === 'not-tried' && code !== undefined)),
    ) ?? false
  return state === 'connected' && wasWrong && new Date(preflight!.checkedAt) < new Date(stateSince)
}
