import type { Tx } from '../../database/index.ts'
import type { Clock } from '../../kernel/clock.ts'
import { fillText } from '../../kernel/errors.ts'
import { newId, type PersonId } from '../../kernel/ids.ts'
import { shownTime } from '../../kernel/shown-time.ts'
import { adminAddresses } from '../people.ts'
import type { PersonalAlerts } from '../security-mail.ts'
import { TEXTS } from '../texts.ts'
import type { BreakGlassEndMail } from './break-glass.ts'
import { factorLines } from './factor-lines.ts'
import type { PolicyAdmin, PolicyChangeMail, PolicyState } from './sign-in-policy.ts'

const COMMAND_LINE = 'cli'
const PERSON = 'person:'

export interface PolicyMailDeps {
  clock: Clock
  publicUrl: URL
  alerts: PersonalAlerts
}

/** Emails to all admins about how people may sign in. */
export interface PolicyMail {
  changed: PolicyChangeMail
  breakGlassEnded: BreakGlassEndMail
}

export function createPolicyMail({ clock, publicUrl, alerts }: PolicyMailDeps): PolicyMail {
  async function send(tx: Tx, actor: string, changes: readonly string[]): Promise<void> {
    if (changes.length === 0) return
    await alerts.enqueue(tx, {
      key: `sign-in-policy:${newId()}`,
      kind: 'person.security_announced',
      isPersonal: true,
      to: await adminAddresses(tx),
      subject: TEXTS.policySubject,
      text: [
        fillText(TEXTS.policyOpening, { who: await nameOf(tx, actor) }),
        ...changes,
        '',
        fillText(TEXTS.securityTime, { time: shownTime(clock.now()) }),
        fillText(TEXTS.securityPostkey, { address: publicUrl.origin }),
        '',
        TEXTS.policyClosing,
      ].join('\n'),
      payload: { personId: personOf(actor), news: 'sign_in_policy_changed' },
    })
  }

  return {
    changed: (tx, before, after, actor) => send(tx, actor, changedLines(before, after, clock.now())),

    async breakGlassEnded(tx, id, actor) {
      const admin = await tx
        .selectFrom('users')
        .select(['name', 'email'])
        .where('id', '=', id)
        .executeTakeFirstOrThrow()
      await send(tx, actor, [line(TEXTS.policyEnded, admin)])
    },
  }
}

async function nameOf(tx: Tx, actor: string): Promise<string> {
  if (actor === COMMAND_LINE) return TEXTS.policyByCommandLine
  const id = personOf(actor)
  if (!id) return TEXTS.policyByPostkey
  const { name, email } = await tx
    .selectFrom('users')
    .select(['name', 'email'])
    .where('id', '=', id)
    .executeTakeFirstOrThrow()
  return `${name} (${email})`
}

/** Id of an actor who is a person. */
function personOf(actor: string): PersonId | undefined {
  return actor.startsWith(PERSON) ? (actor.slice(PERSON.length) as PersonId) : undefined
}

function changedLines(before: PolicyState, after: PolicyState, now: Date): string[] {
  const isSwitched = before.onlyByProvider !== after.onlyByProvider
  return [
    ...(isSwitched ? [after.onlyByProvider ? TEXTS.policyOnlyOn : TEXTS.policyOnlyOff] : []),
    ...factorLines(before, after, now),
    ...lostFrom(after.admins, before.admins).map((admin) => line(TEXTS.policyAdded, admin)),
    ...lostFrom(before.admins, after.admins).map((admin) => line(TEXTS.policyRemoved, admin)),
  ]
}

/** Break-glass admins of the first list who are none in the second one. */
function lostFrom(list: readonly PolicyAdmin[], other: readonly PolicyAdmin[]): PolicyAdmin[] {
  const kept = new Set(other.filter((admin) => admin.isBreakGlass).map(({ id }) => id))
  return list.filter(({ id, isBreakGlass }) => isBreakGlass && !kept.has(id))
}

const line = (text: string, { name, email }: Pick<PolicyAdmin, 'name' | 'email'>) => fillText(text, { name, email })
