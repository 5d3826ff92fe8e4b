import type { Clock } from '../kernel/clock.ts'
import { AppError, isErrorCode } from '../kernel/errors.ts'
import { failedCheck, type PreflightCheck, type AccountAccess, type Transports } from '../transports/index.ts'
import type { Preflight } from './email-account.ts'
import { closingTrial } from './server-accounts.ts'

export type Preflights = ReturnType<typeof createPreflights>

/** Capability checks of an account. A check that was not possible is reported as not tried. */
export function createPreflights({ clock, transports }: { clock: Clock; transports: Pick<Transports, 'open'> }) {
  /**
   * Runs the checks. A failure before the first request, such as an ended grant, is reported by the check of the
   * mailbox itself.
   */
  async function run(access: AccountAccess): Promise<Preflight> {
    const checkedAt = clock.now()
    try {
      const transport = await transports.open(access)
      const { checks } = await closingTrial(access, transport, (one) => one.preflight())
      return { checkedAt, checks }
    } catch (error) {
      if (!(error instanceof AppError) || error.remedy === 'bug') throw error
      const checks: PreflightCheck[] = [
        { what: 'exists', ...failedCheck(error), outcome: 'wrong' },
        { what: 'reads', outcome: 'not-tried' },
        { what: 'writes', outcome: 'not-tried' },
        { what: 'sends', outcome: 'not-tried' },
      ]
      return { checkedAt, checks }
    }
  }

  /** First failed check that prevents reading; it determines the initial state of the account. */
  function troubleOf({ checks }: Preflight): AppError | undefined {
    const wrong = checks.find(({ what, outcome }) => outcome === 'wrong' && (what === 'exists' || what === 'reads'))
    return isErrorCode(wrong?.code) ? new AppError(wrong.code) : undefined
  }

  /** Keeps the result of an earlier test mail if the new check could not send. */
  function withTest(preflight: Preflight, before: Preflight | undefined): Preflight {
    const tested = before?.checks.find(({ what, outcome }) => what === 'sends' && outcome !== 'not-tried')
    if (!tested) return preflight
    const checks = preflight.checks.map((check) =>
      check.what === 'sends' && check.outcome === 'not-tried' ? tested : check,
    )
    return { ...preflight, checks }
  }

  function withSendTest(before: Preflight | undefined, error: AppError | undefined): Preflight {
    const sends: PreflightCheck = error ? { what: 'sends', ...failedCheck(error) } : { what: 'sends', outcome: 'ok' }
    const others = (before?.checks ?? []).filter(({ what }) => what !== 'sends')
    return { checkedAt: before?.checkedAt ?? clock.now(), checks: [...others, sends] }
  }

  function hasFailedCheck(preflight: Preflight | null): boolean {
    return preflight?.checks.some(({ outcome }) => outcome === 'wrong') ?? false
  }

  return { run, troubleOf, withTest, withSendTest, hasFailedCheck }
}
