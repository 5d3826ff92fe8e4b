import { createHash, randomInt, randomUUID, timingSafeEqual } from 'node:crypto'
import type { Database } from '../database/index.ts'
import type { Clock } from '../kernel/clock.ts'
import type { DialGuard } from '../kernel/dial-guard.ts'
import { AppError, fillText } from '../kernel/errors.ts'
import { alertMail } from './alert-mail.ts'
import type { Relay } from './alert.ts'
import type { AuditLog } from '../audit/index.ts'
import type { RelayKeeping } from './relay-settings.ts'
import { toRelay } from './rows.ts'
import { sendBySmtp } from './smtp.ts'
import { TEXTS } from './texts.ts'

const CODE_LIVES_MS = 60 * 60_000
const MOST_TRIES = 5

export interface RelayTestDeps {
  database: Database
  clock: Clock
  dialGuard: DialGuard
  relay: RelayKeeping
  audit: AuditLog
  publicUrl: string
  /** Sends alerts that waited for a working relay. */
  onProven: () => Promise<void>
}

/** Tests the relay before the first alert depends on it. */
export function createRelayTest(deps: RelayTestDeps) {
  const { database, clock, dialGuard, relay, audit, publicUrl, onProven } = deps

  /**
   * Sends a mail with a code. Stores the response of the relay; a refusal does not throw, because it is the result of
   * the test.
   */
  async function send(to: string, actor: string): Promise<Relay> {
    const settings = await relay.open()
    const row = await relay.rowOf()
    if (!settings || !row) throw new AppError('alerts.relay_missing')
    if ((await relay.watched([settings.from, settings.userName ?? ''])).length > 0) {
      throw new AppError('alerts.relay_is_watched')
    }
    const testId = randomUUID()
    const code = String(randomInt(1_000_000)).padStart(6, '0')
    const sentAt = clock.now()
    await database.transaction(async (tx) => {
      await tx
        .updateTable('alert_relay')
        .set({
          test_id: testId,
          test_to: to,
          test_code_hash: hashOf(testId, code),
          test_tries: 0,
          test_sent_at: sentAt,
          test_reason: null,
          test_answer: null,
        })
        .execute()
      await audit.record(tx, { actor, action: 'alert_relay.tested', subject: 'relay', detail: { to } })
    })
    const source = await alertMail({
      deliveryId: testId,
      from: settings.from,
      to,
      subject: fillText(TEXTS.relayTestSubject, { code }),
      text: fillText(TEXTS.relayTest, { code, url: `${publicUrl}/settings#alerts` }),
      sentAt,
    })
    const outcome = await sendBySmtp({ dialGuard }, settings, { from: settings.from, to, source }, () =>
      Promise.resolve(),
    ).then(
      ({ answer }) => ({ tested_at: clock.now(), tested_how: 'accepted' as const, test_answer: answer }),
      (thrown: unknown) => {
        const error = AppError.from(thrown)
        return { tested_at: null, tested_how: null, test_reason: error.code, test_answer: error.detail ?? null }
      },
    )
    // Another test or other settings may have been stored meanwhile.
    const written = await database.db
      .updateTable('alert_relay')
      .set(outcome)
      .where('test_id', '=', testId)
      .returningAll()
      .executeTakeFirst()
    if (written?.tested_at) await onProven()
    const now = written ?? (await relay.rowOf())
    if (!now) throw new AppError('alerts.relay_missing')
    return toRelay(now)
  }

  /** Confirms that the test mail arrived. */
  async function confirm(code: string, actor: string): Promise<Relay> {
    return database
      .transaction(async (tx) => {
        const row = await tx.selectFrom('alert_relay').selectAll().forUpdate().executeTakeFirst()
        if (!row?.test_code_hash || row.test_id === null || !row.test_sent_at) throw wrong()
        const isOver =
          clock.now().getTime() - row.test_sent_at.getTime() > CODE_LIVES_MS || row.test_tries >= MOST_TRIES
        if (isOver || !timingSafeEqual(hashOf(row.test_id, code), row.test_code_hash)) return undefined
        const confirmed = await tx
          .updateTable('alert_relay')
          .set({
            tested_at: clock.now(),
            tested_how: 'confirmed',
            test_code_hash: null,
            test_reason: null,
          })
          .returningAll()
          .executeTakeFirstOrThrow()
        await audit.record(tx, { actor, action: 'alert_relay.confirmed', subject: 'relay' })
        return toRelay(confirmed)
      })
      .then(async (confirmed) => {
        if (confirmed) return confirmed
        // Outside the failed transaction, so wrong codes are counted.
        await database.db
          .updateTable('alert_relay')
          .set((eb) => ({ test_tries: eb('test_tries', '+', 1) }))
          .execute()
        throw wrong()
      })
  }

  return { send, confirm }
}

function wrong(): AppError {
  return new AppError('alerts.test_code_wrong')
}

function hashOf(testId: string, code: string): Buffer {
  return createHash('sha256').update(`${testId}:${code}`).digest()
}
