import type { Kysely } from 'kysely'
import type { Database, Schema } from '../database/index.ts'
import type { EmailAccounts } from '../email-accounts/index.ts'
import type { Clock } from '../kernel/clock.ts'
import { AppError } from '../kernel/errors.ts'
import type { EmailAccountId, PersonId } from '../kernel/ids.ts'
import { isTimeZone } from '../mail/index.ts'
import type { Person } from '../people/index.ts'
import { nextDigestAt, type DigestInterval } from './digest-times.ts'
import type { NotificationKind, QuietHours } from './notification.ts'
import { isOwnAddress } from './own-addresses.ts'
import { DEFAULT_KINDS, hasAccess } from './recipients.ts'

export interface DigestSettings {
  interval: DigestInterval
  /** Mailbox that sends it. Undefined when it is off, and after the removal of the mailbox. */
  emailAccountId: EmailAccountId | undefined
}

export interface NotificationSettings {
  /** IANA name; undefined until the person chose one. */
  timeZone: string | undefined
  quietHours: QuietHours | undefined
  digest: DigestSettings
}

export interface NotificationPreferences {
  settings(person: PersonId): Promise<NotificationSettings>
  /**
   * @throws AppError `notifications.time_zone_unknown`; `notifications.digest_without_mailbox` without a mailbox to which
   *   the person has access; `notifications.digest_to_mailbox` when their login address is a mailbox of Postkey
   */
  saveSettings(person: Person, settings: NotificationSettings & { timeZone: string }): Promise<void>
  /** Kinds of each given mailbox. */
  choices(
    person: PersonId,
    ids: readonly EmailAccountId[],
  ): Promise<{ emailAccountId: EmailAccountId; kinds: readonly NotificationKind[] }[]>
  choose(person: PersonId, id: EmailAccountId, kinds: readonly NotificationKind[]): Promise<void>
}

export function createPreferences(deps: {
  database: Database
  clock: Clock
  emailAccounts: Pick<EmailAccounts, 'list'>
}): NotificationPreferences {
  const { clock, emailAccounts } = deps
  const { db } = deps.database

  async function checkDigest(person: Person, { interval, emailAccountId }: DigestSettings): Promise<void> {
    if (interval === 'off') return
    const accounts = await emailAccounts.list()
    const account = accounts.find(({ id }) => id === emailAccountId)
    if (!account || !hasAccess(person, account.id)) throw new AppError('notifications.digest_without_mailbox')
    if (isOwnAddress(person.email, accounts)) throw new AppError('notifications.digest_to_mailbox')
  }

  return {
    async settings(person) {
      const row = await db
        .selectFrom('notification_settings')
        .selectAll()
        .where('user_id', '=', person)
        .executeTakeFirst()
      const { quiet_from: from, quiet_to: to } = row ?? {}
      return {
        timeZone: row?.time_zone,
        quietHours: from && to ? { from, to } : undefined,
        digest: { interval: row?.digest ?? 'off', emailAccountId: row?.digest_account_id ?? undefined },
      }
    },

    async saveSettings(person, { timeZone, quietHours, digest }) {
      if (!isTimeZone(timeZone)) throw new AppError('notifications.time_zone_unknown', { field: 'timeZone' })
      await checkDigest(person, digest)
      const { interval, emailAccountId } = digest
      const values = {
        time_zone: timeZone,
        quiet_from: quietHours?.from ?? null,
        quiet_to: quietHours?.to ?? null,
        digest: interval,
        digest_account_id: interval === 'off' ? null : (emailAccountId ?? null),
        digest_due_at: interval === 'off' ? null : nextDigestAt(interval, timeZone, clock.now()),
      }
      await db
        .insertInto('notification_settings')
        .values({ user_id: person.id, ...values })
        .onConflict((conflict) =>
          conflict.column('user_id').doUpdateSet((eb) => ({
            ...values,
            // The conversation of the digests is in the mailbox that sends them.
            digest_conversation_id: eb
              .case()
              .when('notification_settings.digest_account_id', '=', values.digest_account_id)
              .then(eb.ref('notification_settings.digest_conversation_id'))
              .end(),
          })),
        )
        .execute()
    },

    async choices(person, ids) {
      const kindsOf = await readChosenKinds(db, person)
      return ids.map((id) => ({ emailAccountId: id, kinds: kindsOf(person, id) }))
    },

    async choose(person, id, kinds) {
      const values = { kinds: [...new Set(kinds)] }
      await db
        .insertInto('notification_choices')
        .values({ user_id: person, email_account_id: id, ...values })
        .onConflict((conflict) => conflict.columns(['user_id', 'email_account_id']).doUpdateSet(values))
        .execute()
    },
  }
}

/** Reads the choices of a person, or of all people. One statement. */
export async function readChosenKinds(db: Kysely<Schema>, person?: PersonId) {
  let query = db.selectFrom('notification_choices').selectAll()
  if (person !== undefined) query = query.where('user_id', '=', person)
  const rows = await query.execute()
  const chosen = new Map(rows.map((row) => [`${row.user_id} ${row.email_account_id}`, row.kinds as NotificationKind[]]))
  return (personId: string, id: EmailAccountId): readonly NotificationKind[] =>
    chosen.get(`${personId} ${id}`) ?? DEFAULT_KINDS
}
