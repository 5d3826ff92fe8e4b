import type { Audit } from '../../audit/index.ts'
import type { Kysely } from 'kysely'
import type { Database, Schema, Tx } from '../../database/index.ts'
import type { Clock } from '../../kernel/clock.ts'
import { AppError, fillText } from '../../kernel/errors.ts'
import { newId, type PersonId } from '../../kernel/ids.ts'
import { shownTime } from '../../kernel/shown-time.ts'
import { originOf } from '../devices.ts'
import { adminAddresses } from '../people.ts'
import type { PersonalAlerts } from '../security-mail.ts'
import type { Session, SignInClient } from '../session.ts'
import { TEXTS } from '../texts.ts'
import { isOnlyByProvider } from './break-glass.ts'

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
   * @throws {AppError} `people.provider_required`
   */
  refuseLink(link: { kind: 'first-admin' | 'invitation' | 'reset'; email: string | undefined }): Promise<void>
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

  async function isNamed(source: Kysely<Schema>, id: string): Promise<boolean> {
    const row = await source
      .selectFrom('break_glass_admins')
      .select('user_id')
      .where('user_id', '=', id)
      .executeTakeFirst()
    return row !== undefined
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
    return method === 'openid' || !(await isOnlyByProvider(db)) || (await isNamed(db, id))
  }

  return {
    accepts,

    async refuse(id, method) {
      if (!(await accepts(id, method))) throw new AppError('people.provider_required')
    },

    async admit(tx, id, method, client) {
      if (method === 'openid') return
      const policy = await tx.selectFrom('sign_in_policy').select('only_by_provider').forShare().executeTakeFirst()
      if (!policy?.only_by_provider) return
      if (!(await isNamed(tx, id))) throw new AppError('people.provider_required')
      await announce(tx, id, client)
    },

    async refuseLink({ kind, email }) {
      if (kind === 'first-admin' || !(await isOnlyByProvider(db))) return
      const row = await db
        .selectFrom('break_glass_admins')
        .innerJoin('users', 'users.id', 'break_glass_admins.user_id')
        .select('user_id')
        .where('users.email', '=', email ?? '')
        .executeTakeFirst()
      if (!row) throw new AppError('people.provider_required')
    },
  }
}
