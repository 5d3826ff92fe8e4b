import type { Tx } from '../../database/index.ts'
import type { Clock } from '../../kernel/clock.ts'
import { fillText } from '../../kernel/errors.ts'
import { newId, type PersonId } from '../../kernel/ids.ts'
import { shownTime } from '../../kernel/shown-time.ts'
import { adminAddresses } from '../people.ts'
import type { PersonalAlerts } from '../security-mail.ts'
import { TEXTS } from '../texts.ts'
import type { PolicyAdmin, PolicyMail, PolicyState } from './sign-in-policy.ts'

export interface PolicyMailDeps {
  clock: Clock
  publicUrl: URL
  alerts: PersonalAlerts
}

export function createPolicyMail({ clock, publicUrl, alerts }: PolicyMailDeps): PolicyMail {
  return async (tx, before, after, personId) => {
    const changes = changedLines(before, after)
    if (changes.length === 0) return
    await alerts.enqueue(tx, {
      key: `sign-in-policy:${newId()}`,
      kind: 'person.security_announced',
      isPersonal: true,
      to: await adminAddresses(tx),
      subject: TEXTS.policySubject,
      text: [
        fillText(TEXTS.policyOpening, { who: await nameOf(tx, personId) }),
        ...changes,
        '',
        fillText(TEXTS.securityTime, { time: shownTime(clock.now()) }),
        fillText(TEXTS.securityPostkey, { address: publicUrl.origin }),
        '',
        TEXTS.policyClosing,
      ].join('\n'),
      payload: { personId, news: 'sign_in_policy_changed' },
    })
  }
}

async function nameOf(tx: Tx, id: PersonId | undefined): Promise<string> {
  if (id === undefined) return TEXTS.policyByCommandLine
  const { name, email } = await tx
    .selectFrom('users')
    .select(['name', 'email'])
    .where('id', '=', id)
    .executeTakeFirstOrThrow()
  return `${name} (${email})`
}

function changedLines(before: PolicyState, after: PolicyState): string[] {
  const isSwitched = before.onlyByProvider !== after.onlyByProvider
  return [
    ...(isSwitched ? [after.onlyByProvider ? TEXTS.policyOnlyOn : TEXTS.policyOnlyOff] : []),
    ...factorLines(before, after),
    ...lostFrom(after.admins, before.admins).map((admin) => line(TEXTS.policyAdded, admin)),
    ...lostFrom(before.admins, after.admins).map((admin) => line(TEXTS.policyRemoved, admin)),
  ]
}

function factorLines(before: PolicyState, after: PolicyState): string[] {
  const [old, lines] = [before, after].map(({ secondFactorFor, secondFactorFrom: from, adminsSecondFactorFrom }) => [
    fillText(TEXTS.policyFactorOf[secondFactorFor], { time: from ? shownTime(from) : '' }),
    ...(adminsSecondFactorFrom
      ? [fillText(TEXTS.policyFactorOfAdmins, { time: shownTime(adminsSecondFactorFrom) })]
      : []),
  ]) as [string[], string[]]
  return old.join() === lines.join() ? [] : lines
}

/** Break-glass admins of the first list who are none in the second one. */
function lostFrom(list: readonly PolicyAdmin[], other: readonly PolicyAdmin[]): PolicyAdmin[] {
  const kept = new Set(other.filter((admin) => admin.isBreakGlass).map(({ id }) => id))
  return list.filter(({ id, isBreakGlass }) => isBreakGlass && !kept.has(id))
}

const line = (text: string, { name, email }: PolicyAdmin) => fillText(text, { name, email })
