import type { EmailAccount } from '../email-accounts/index.ts'
import { AppError, knownCode } from '../kernel/errors.ts'
import type { PreflightCheck, PreflightResult } from '../transports/index.ts'
import type { AccountDeps } from './account-steps.ts'
import { livingSteps } from './living-steps.ts'
import { type Finding, heldUp, ok, spared, type Step, wrong } from './steps.ts'
import { TEXTS } from './texts.ts'

const OPENING_LIMIT_MS = 60_000

/** Steps for one mailbox with a password: the login at its servers, and its last successful read. */
export function serverSteps(
  { account, sendTest }: { account: EmailAccount; sendTest?: { actor: string } | undefined },
  deps: AccountDeps,
): Step[] {
  const about = account.address
  const names = { address: account.address }
  let trial: Promise<PreflightResult> | undefined
  const checks = async () => (await (trial ??= open())).checks
  const open = async () => (await deps.transports.open(account)).preflight()
  const step = (what: Step['what'], needs: string[], look: Step['look']): Step => ({
    ...{ id: what, what, about, names, needs, look },
    limitMs: OPENING_LIMIT_MS,
  })
  return [
    step('folder', ['keys'], async () => found(await checks(), 'reads', TEXTS.serverReadable)),
    step('send-as', ['keys'], lookAtSending),
    ...livingSteps(account, deps, names),
  ]

  async function lookAtSending(): Promise<Finding> {
    if (!sendTest || account.state === 'paused') {
      const check = (await checks()).find(({ what }) => what === 'sends')
      if (check?.outcome === 'wrong') return wrong(new AppError(knownCode(check.code)))
      if (check?.code !== undefined) return heldUp(check.title ?? TEXTS.serverSilent, { code: check.code })
      return spared(TEXTS.serverSendNotAsked)
    }
    const after = await deps.emailAccounts.sendTest(account.id, sendTest.actor)
    return found(after.preflight?.checks ?? [], 'sends', TEXTS.sentToItself)
  }
}

function found(checks: readonly PreflightCheck[], what: PreflightCheck['what'], title: string): Finding {
  const check = checks.find((each) => each.what === what)
  if (check?.outcome === 'ok') return ok(title)
  if (check?.outcome === 'wrong') return wrong(new AppError(knownCode(check.code)))
  return heldUp(check?.title ?? TEXTS.serverSilent, { code: check?.code })
}
