/** The connections to Graph, IMAP and SMTP stall, are reset, end halfway or fall silent. */
import { setTimeout as pause } from 'node:timers/promises'
import type { WireFailure } from '../crash/tcp-proxy.ts'
import type { Account, Reason } from '../drill/connected-part.ts'
import { settleMail, until, type Case } from './case.ts'
import type { Served } from './served.ts'
import type { MailTraffic } from './mail-traffic.ts'

type Server = 'graph' | 'imap' | 'smtp'

const FAILURES: readonly WireFailure[] = ['reset', 'truncated', 'stalled', 'silent']
const FAILS_FOR_MS: Record<WireFailure, number> = { reset: 30_000, truncated: 30_000, stalled: 60_000, silent: 60_000 }
/**
 * Only the time limits notice a stall, and it leaves nothing behind: it lasts longer than they do. IMAP renews IDLE after
 * two minutes.
 */
const STALLS_FOR_MS: Record<Server, number> = { graph: 60_000, imap: 200_000, smtp: 320_000 }
const SETTLE_LIMIT_MS = 120_000
/** SMTP waits five minutes for the answer to a command. @see RFC 5321 §4.5.3.2 */
const SMTP_SETTLE_LIMIT_MS = 360_000

/** Each lane concerns another server: IMAP is judged by what is received, SMTP by what is sent. */
export const wireLanes: readonly (readonly Case[])[] = (['graph', 'imap', 'smtp'] as const).map((server) =>
  FAILURES.map((failure) => wireCase(server, failure)),
)

function wireCase(server: Server, failure: WireFailure): Case {
  return {
    name: `${server}-${failure}`,
    promised:
      'every message is stored once and every submission arrives once, by itself; account, submission or log name the cause',
    async run(context, findings) {
      const settleLimitMs = server === 'smtp' && failure === 'silent' ? SMTP_SETTLE_LIMIT_MS : SETTLE_LIMIT_MS
      const failsForMs = failure === 'stalled' ? STALLS_FOR_MS[server] : FAILS_FOR_MS[failure]
      const { accounts, wires, served } = await context.installation()
      const account = accounts[server === 'graph' ? 'graph' : 'mail'].beside(server)
      const since = Date.now()
      const beganAt = performance.now()
      const ids: string[] = []
      async function traffic(): Promise<void> {
        if (server !== 'smtp') await account.deliver()
        if (server === 'imap') return
        const { id, refusal } = await account.submit()
        if (id !== undefined) ids.push(id)
        if (refusal !== undefined) findings.faults.push(`a submission was refused: ${refusal}`)
      }

      wires[server].fail(failure)
      // A silent connection is noticed by its time limit, perhaps after it passes again.
      const noticing = until(failsForMs + settleLimitMs, async () => {
        const report = await reportOf(server, account, ids, served, since)
        if (!report) return false
        findings.noticedMs = Math.round(performance.now() - beganAt)
        findings.explained = report.isExplained
        findings.saw.push(report.text)
        return true
      })
      try {
        for (let n = 0; n < 3; n++) {
          await traffic()
          await pause(Math.max(0, (failsForMs / 3) * (n + 1) - (performance.now() - beganAt)))
        }
      } finally {
        wires[server].heal()
      }
      await traffic()
      await settleMail(account, settleLimitMs, findings)
      await noticing
    },
  }
}

/** The first place that reports the failure: the account, a submission, or the log. */
async function reportOf(
  server: Server,
  { part }: MailTraffic,
  ids: readonly string[],
  served: Served,
  since: number,
): Promise<{ text: string; isExplained: boolean } | undefined> {
  const account = await part.account()
  const submissions = await Promise.all(ids.map((id) => part.submission(id)))
  const reason = [...reasonsOf(account, server), ...submissions.map(({ why }) => why)].find(Boolean)
  if (reason) return { text: `"${reason.title}" (${reason.code})`, isExplained: reason.fix !== '' }
  const isAbout = (text: string) => text.includes(part.accountId) || text.includes(account.address)
  const entry = served.log().find(({ time, level, text }) => time >= since && level >= 40 && isAbout(text))
  return entry && { text: `logged "${entry.msg}"`, isExplained: /"(code|remedy)":/.test(entry.text) }
}

function reasonsOf({ reason, protocolReasons }: Account, server: Server): (Reason | undefined)[] {
  if (server === 'imap') return [reason, protocolReasons.receives.reason]
  if (server === 'smtp') return [protocolReasons.sends.reason]
  return [reason, protocolReasons.receives.reason, protocolReasons.sends.reason]
}
