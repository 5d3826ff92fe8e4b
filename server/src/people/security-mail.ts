/**
 * Emails to a person about their own account: a sign-in on a new device, a changed password or factor. Sent by the relay
 * for alerts; without one, nothing is sent. They contain neither a secret nor a link that signs in.
 */
import type { Kysely } from 'kysely'
import type { Schema, Tx } from '../database/index.ts'
import type { Clock } from '../kernel/clock.ts'
import { fillText } from '../kernel/errors.ts'
import type { PersonId } from '../kernel/ids.ts'
import { shownTime } from '../kernel/shown-time.ts'
import { TEXTS } from './texts.ts'

/** Maximum emails of one kind to one person in an hour. */
export const MOST_SECURITY_MAILS = 3
const HOUR_MS = 60 * 60 * 1000

/** An event of an account. `name` and `provider` are names that the person or an admin has given; `account` that of the provider. */
export type SecurityNews =
  | { kind: 'new_device' | 'password_changed' | 'password_reset' | 'factors_removed' }
  | { kind: 'passkey_added' | 'passkey_removed'; name: string }
  | { kind: 'totp_added' | 'totp_removed' | 'recovery_codes_replaced' }
  | { kind: 'key_used_from_new_network'; name: string }
  | { kind: 'recovery_code_used'; left: number }
  | { kind: 'provider_linked' | 'provider_unlinked'; provider: string; account: string }

/** Origin of a request. */
export interface RequestOrigin {
  clientAddress?: string | undefined
  /** Browser and system in words, never the `User-Agent` header: an attacker chooses its text. */
  device?: string | undefined
}

/**
 * Emails a person about their account, at most {@link MOST_SECURITY_MAILS} times an hour per kind. The email is stored in
 * the transaction of the change.
 */
export type SecurityMail = (tx: Tx, personId: PersonId, news: SecurityNews, origin?: RequestOrigin) => Promise<void>

/** Stores an alert once per key. Implemented by `Alerts.enqueue`. */
export interface PersonalAlerts {
  enqueue(
    tx: Tx,
    alert: {
      key: string
      kind: 'person.security_announced'
      isPersonal: true
      to: readonly string[]
      subject: string
      text: string
      payload: Readonly<Record<string, unknown>>
    },
  ): Promise<boolean>
}

export interface SecurityMailDeps {
  clock: Clock
  publicUrl: URL
  alerts: PersonalAlerts
}

export function createSecurityMail({ clock, publicUrl, alerts }: SecurityMailDeps): SecurityMail {
  return async (tx, personId, news, origin = {}) => {
    const email = await addressOf(tx, personId)
    if (email === undefined) return
    const now = clock.now()
    const { subject, text } = write(news, origin, now, publicUrl)
    const hour = Math.floor(now.getTime() / HOUR_MS)
    // A used key stores nothing: the keys of an hour limit the emails, in all processes.
    for (let number = 1; number <= MOST_SECURITY_MAILS; number++) {
      const isStored = await alerts.enqueue(tx, {
        key: `person-security:${personId}:${news.kind}:${hour}:${number}`,
        kind: 'person.security_announced',
        isPersonal: true,
        to: [email],
        subject,
        text,
        payload: { personId, news: news.kind },
      })
      if (isStored) return
    }
  }
}

async function addressOf(db: Kysely<Schema>, id: PersonId): Promise<string | undefined> {
  const row = await db
    .selectFrom('users')
    .select('email')
    .where('id', '=', id)
    .where('removed_at', 'is', null)
    .executeTakeFirst()
  return row?.email
}

function write(news: SecurityNews, { clientAddress, device }: RequestOrigin, now: Date, publicUrl: URL) {
  const { subject, opening } = TEXTS.securityNews[news.kind]
  const values = {
    name: 'name' in news ? oneLine(news.name) : '',
    provider: 'provider' in news ? oneLine(news.provider) : '',
    account: 'account' in news ? oneLine(news.account) : '',
    left: 'left' in news ? String(news.left) : '',
  }
  return {
    subject,
    text: [
      fillText(opening, values),
      '',
      fillText(TEXTS.securityTime, { time: shownTime(now) }),
      ...(clientAddress === undefined ? [] : [fillText(TEXTS.securityAddress, { address: clientAddress })]),
      ...(device === undefined ? [] : [fillText(TEXTS.securityDevice, { device: oneLine(device) })]),
      fillText(TEXTS.securityPostkey, { address: publicUrl.origin }),
      '',
      TEXTS.securityIfYou,
    ].join('\n'),
  }
}

function oneLine(text: string): string {
  return text
    .replaceAll(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, ' ')
    .slice(0, 100)
    .toWellFormed()
}
