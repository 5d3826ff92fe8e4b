import type { Audit } from '../../audit/index.ts'
import type { Database, Tx } from '../../database/index.ts'
import type { Clock } from '../../kernel/clock.ts'
import { AppError, fillText } from '../../kernel/errors.ts'
import { newId, type PersonId } from '../../kernel/ids.ts'
import { shownTime } from '../../kernel/shown-time.ts'
import { originOf } from '../devices.ts'
import { adminAddresses } from '../people.ts'
import type { PersonalAlerts } from '../security-mail.ts'
import type { Session, SignInClient } from '../session.ts'
import { TEXTS } from '../texts.ts'
import { exemptPeople, isOnlyByProvider } from './break-glass.ts'

/** Decides which sign-ins become sessions. */
export interface PolicyGate {
  /**
   * Refuses a sign-in early, before its second step.
   *
   * @throws {AppError} `people.provider_required`
   */
  refuse(id: PersonId, method: Session['method']): Promise<void>
  /** True if {@link PolicyGate.refuse} wouldn't refuse. */
  accepts(id: PersonId, method: Session['method']): Promise<boolean>
  /**
   * The same in the transaction of the session, which a change of the policy waits for. Records the sign-in of a
   * break-glass admin, and emails all admins.
   */
  admit(tx: Tx, id: PersonId, method: Session['method'], client: SignInClient): Promise<void>
  /**
   * Refuses a link before it is used: the session after it would be refused. An invitation can be accepted by a provider.
   *
   * @throws {AppError} `people.link_needs_provider`
   */
  refuseLink(link: LinkToUse): Promise<void>
  /** The same in the transaction in which it is used, which a change of the policy waits for. The person is locked before. */
  holdLink(tx: Tx, link: LinkToUse): Promise<void>
  /** True if a password can sign the person in. A change of the policy waits for the transaction. */
  holdPassword(tx: Tx, id: PersonId): Promise<boolean>
}

/** A link, and its person if they are in the team already. */
export interface LinkToUse {
  kind: 'first-admin' | 'invitation' | 'reset'
  personId: PersonId | undefined
}

export interface PolicyGateDeps {
  database: Database
  clock: Clock
  audit: Audit
  alerts: PersonalAlerts
  publicUrl: URL
}

export function createPolicyGate({ database, clock, audit, alerts, publicUrl }: PolicyGateDeps): PolicyGate {
  const { db } = database

  /** Reads the policy, which a change of it waits for. */
  async function holdOnlyByProvider(tx: Tx): Promise<boolean> {
    const policy = await tx.selectFrom('sign_in_policy').select('only_by_provider').forShare().executeTakeFirst()
    return policy?.only_by_provider ?? false
  }

  async function holdPassword(tx: Tx, id: PersonId | undefined): Promise<boolean> {
    if (!(await holdOnlyByProvider(tx))) return true
    return id !== undefined && (await exemptPeople(tx)).includes(id)
  }

  async function announce(tx: Tx, id: PersonId, client: SignInClient): Promise<void> {
    const { address, device } = originOf(client)
    await audit.record(tx, {
      ...{ actor: `person:${id}`, action: 'break_glass.used', subject: id },
      detail: { address, device },
    })
    const { name, email } = await tx
      .selectFrom('users')
      .select(['name', 'email'])
      .where('id', '=', id)
      .executeTakeFirstOrThrow()
    await alerts.enqueue(tx, {
      key: `break-glass:${newId()}`,
      kind: 'person.security_announced',
      isPersonal: true,
      to: await adminAddresses(tx),
      subject: fillText(TEXTS.breakGlassSubject, { email }),
      text: [
        fillText(TEXTS.breakGlassOpening, { name, email }),
        '',
        fillText(TEXTS.securityTime, { time: shownTime(clock.now()) }),
        fillText(TEXTS.securityAddress, { address }),
        fillText(TEXTS.securityDevice, { device }),
        fillText(TEXTS.securityPostkey, { address: publicUrl.origin }),
        '',
        fillText(TEXTS.breakGlassClosing, { email }),
      ].join('\n'),
      payload: { personId: id, news: 'break_glass_used' },
    })
  }

  async function accepts(id: PersonId, method: Session['method']): Promise<boolean> {
    return method === 'openid' || !(await isOnlyByProvider(db)) || (await exemptPeople(db)).includes(id)
  }

  return {
    accepts,

    async refuse(id, method) {
      if (!(await accepts(id, method))) throw new AppError('people.provider_required')
    },

    async admit(tx, id, method, client) {
      if (method === 'openid') return
      if (!(await holdOnlyByProvider(tx))) return
      if (!(await exemptPeople(tx)).includes(id)) throw new AppError('people.provider_required')
      await announce(tx, id, client)
    },

    async refuseLink({ kind, personId }) {
      if (kind === 'first-admin' || !(await isOnlyByProvider(db))) return
      if (!personId || !(await exemptPeople(db)).includes(personId)) throw new AppError('people.link_needs_provider')
    },

    async holdLink(tx, { kind, personId }) {
      if (kind === 'first-admin' || (await holdPassword(tx, personId))) return
      throw new AppError('people.link_needs_provider')
    },

    holdPassword,
  }
}
