import type { EmailAccount } from '../email-accounts/index.ts'
import type { KnownNames } from '../error-map/index.ts'
import type { Clock } from '../kernel/clock.ts'
import { AppError, fillText } from '../kernel/errors.ts'
import { ok, type Finding, spared, type Step, wrong } from './steps.ts'
import type { Transports } from '../transports/index.ts'
import { TEXTS } from './texts.ts'

/** Maximum age of the last successful read, in milliseconds. A healthy mailbox is read at least every five minutes. */
export const LIFE_LIMIT_MS = 15 * 60_000

const TROUBLED: readonly EmailAccount['state'][] = ['degraded', 'needs-sign-in', 'needs-admin']

/** Steps for the stored state of the mailbox, without a request to its server. */
export function livingSteps(
  account: EmailAccount,
  { clock, transports }: { clock: Clock; transports: Transports },
  names: KnownNames,
): Step[] {
  const step = (what: Step['what'], needs: string[], look: () => Finding): Step => ({
    id: what,
    what,
    about: account.address,
    names,
    needs,
    look: async () => look(),
  })
  const server = account.servers ? TEXTS.mailServer : TEXTS.microsoft
  const isByImap = account.receivesBy === 'imap'
  return [
    step('push', isByImap ? ['folder'] : ['folder', 'public-url'], () => {
      const { state, reason } = account.push
      if (state === 'active') return ok(fillText(isByImap ? TEXTS.announcesByIdle : TEXTS.announces, { server }))
      if (state === 'failed') return wrong(new AppError(reason?.code ?? 'transports.unavailable'))
      return spared(reason ? fillText(TEXTS.pollsBecause, { reason: reason.title }) : TEXTS.polls)
    }),
    step('budget', ['folder'], () => {
      const silentUntil = transports.pausedUntil(account) ?? throttledUntil(account)
      if (silentUntil === undefined || silentUntil <= clock.now()) return ok(fillText(TEXTS.notThrottled, { server }))
      const upstream = { retryAt: silentUntil }
      return wrong(new AppError('transports.throttled', { upstream }), undefined, { until: silentUntil.toISOString() })
    }),
    step('life', ['folder'], () => {
      if (account.state === 'paused') return spared(TEXTS.paused)
      const { completeUpTo, createdAt } = account
      if (account.state === 'connecting' || account.state === 'importing') {
        return spared(TEXTS.firstReading)
      }
      const facts = {
        [TEXTS.completeUpTo]: completeUpTo?.toISOString(),
        [TEXTS.stateSince]: account.stateSince.toISOString(),
      }
      if (TROUBLED.includes(account.state)) {
        return wrong(new AppError(account.reason?.code ?? 'doctor.no_proof_of_life'), undefined, facts)
      }
      const silentMs = clock.now().getTime() - (completeUpTo ?? createdAt).getTime()
      if (silentMs > LIFE_LIMIT_MS) return wrong(new AppError('doctor.no_proof_of_life'), undefined, facts)
      return ok(TEXTS.readRecently, facts)
    }),
  ]
}

/** Time until which the account is throttled, from its stored state: the throttled process may be a different one. */
function throttledUntil({ reason, nextTryAt }: EmailAccount): Date | undefined {
  return reason?.code === 'transports.throttled' ? nextTryAt : undefined
}
