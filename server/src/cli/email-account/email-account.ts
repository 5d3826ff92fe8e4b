import { z } from 'zod'
import type { EmailAccount } from '../../email-accounts/index.ts'
import { shownTime } from '../../kernel/shown-time.ts'
import { inFields } from '../columns.ts'
import { reasonText } from '../reason-text.ts'
import { Outcome, Reason, Time } from '../shapes.ts'
import { FIELDS, TEXTS } from '../texts.ts'

/** Mailbox without its servers, principal ids and credentials. */
export const PrintedAccount = z.object({
  id: z.string(),
  key: z.string(),
  name: z.string(),
  address: z.string(),
  kind: z.enum(['user', 'shared']),
  cloudProviderId: z.string().optional(),
  principal: z.object({ kind: z.enum(['grant', 'application', 'password']) }),
  receivesBy: z.enum(['graph', 'imap']),
  sendsBy: z.enum(['graph', 'smtp']),
  state: z.enum(['connecting', 'importing', 'connected', 'degraded', 'needs-sign-in', 'needs-admin', 'paused']),
  stateSince: Time,
  reason: Reason.optional(),
  completeUpTo: Time.optional(),
  lastReceivedAt: Time.optional(),
  lastSentAt: Time.optional(),
  preflight: z
    .object({
      checkedAt: Time,
      checks: z.array(
        z.object({
          what: z.enum(['exists', 'reads', 'writes', 'sends']),
          outcome: Outcome,
          code: z.string().optional(),
          title: z.string().optional(),
          fix: z.string().optional(),
        }),
      ),
    })
    .optional(),
  createdAt: Time,
})

const OPENED_BY = { grant: TEXTS.byGrant, application: TEXTS.byApplication, password: TEXTS.byPassword } as const
const SIGNS = { ok: TEXTS.checkOk, wrong: TEXTS.checkWrong, 'not-tried': TEXTS.checkNotTried } as const

/** The mailbox for people: fields, then the reason of its state, then the capability checks. */
export function textOfAccount(account: EmailAccount, providerName: string | undefined): string {
  const { key, name, address, kind, state, stateSince, receivesBy, sendsBy, principal, reason, preflight } = account
  const shown = (time: Date | undefined) => time && shownTime(time)
  const fields = inFields([
    [FIELDS.name, name],
    [FIELDS.key, key],
    [FIELDS.address, address],
    [FIELDS.kind, kind],
    [FIELDS.cloudProvider, providerName],
    [FIELDS.openedBy, OPENED_BY[principal.kind]],
    [FIELDS.protocols, `${receivesBy}, ${sendsBy}`],
    [FIELDS.state, state],
    [FIELDS.since, shownTime(stateSince)],
    [FIELDS.completeUpTo, shown(account.completeUpTo)],
    [FIELDS.lastReceived, shown(account.lastReceivedAt)],
    [FIELDS.lastSent, shown(account.lastSentAt)],
    [FIELDS.id, account.id],
  ])
  const checks = preflight?.checks.map(({ what, outcome, title, fix, code }) =>
    reasonText(`${SIGNS[outcome].padEnd(11)}  ${what}`, title === undefined ? undefined : { title, fix, code }),
  )
  return [fields, ...(reason ? ['', reasonText(undefined, reason)] : []), ...(checks ? ['', ...checks] : [])].join('\n')
}
