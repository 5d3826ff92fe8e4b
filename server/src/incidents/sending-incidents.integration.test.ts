import { afterAll, beforeEach, describe, expect, it } from 'vitest'
import type { EmailAccountId, SubmissionId } from '../kernel/ids.ts'
import type { ErrorCode } from '../kernel/errors.ts'
import { testDatabase } from '../../test/kit/index.ts'
import { createStage, HOUR_MS, MINUTE_MS, SECOND_MS } from '../../test/incidents/stage.ts'

const database = await testDatabase()
const stage = createStage(database)

beforeEach(() => stage.reset())
afterAll(() => stage.close())

/** Inserts a queued message; with a reason if an attempt has failed. */
async function waits(
  emailAccountId: EmailAccountId,
  { reason, notBefore, state = 'queued' }: { reason?: ErrorCode; notBefore?: Date; state?: string } = {},
): Promise<SubmissionId> {
  const id = stage.newId<SubmissionId>()
  await database.pool.query(
    `INSERT INTO submissions (id, email_account_id, idempotency_key, request_hash, message_id, content, state,
      state_reason, due_at, not_before, submitted_by, created_at, send_begun_at)
     VALUES ($1, $2, $3, '', $3, '{}', $4, $5, $6, $7, 'ben', $6, CASE WHEN $4 <> 'queued' THEN $6::timestamptz END)`,
    [id, emailAccountId, `${id}@contoso.example`, state, reason ?? null, stage.clock.now(), notBefore ?? null],
  )
  return id
}

async function cannotSend(emailAccountId: EmailAccountId, code: ErrorCode | null): Promise<void> {
  await database.pool.query(
    `INSERT INTO sending_states (email_account_id, trouble_code, trouble_since) VALUES ($1, $2, $3)
     ON CONFLICT (email_account_id) DO UPDATE SET trouble_code = $2, trouble_since = $3`,
    [emailAccountId, code, code && stage.clock.now()],
  )
}

async function oneAccount() {
  const [account] = await stage.accounts(1)
  await stage.account(account!.id, 'connected')
  return account!
}

describe('a mailbox that cannot send', () => {
  it('is an incident at once if a user must fix it, alerts, and recovers when a message is sent', async () => {
    const { id } = await oneAccount()
    await waits(id, { reason: 'transports.smtp_off' })
    await cannotSend(id, 'transports.smtp_off')
    await stage.look()
    expect(await stage.open()).toMatchObject([
      { cause: 'mailbox', reason: { code: 'transports.smtp_off' }, affected: [{ id, affects: 'sending' }] },
    ])
    await stage.pass(20 * SECOND_MS, 5 * SECOND_MS)
    const [alert, ...more] = await stage.told()
    expect(more).toEqual([])
    expect(alert).toMatchObject({ kind: 'incident.opened' })
    expect(alert!.subject).toContain('can’t send')
    expect(alert!.text).toContain('Sending stopped, receiving still works (1 mailbox):')
    expect(alert!.text).not.toContain('Receiving and sending stopped')

    await cannotSend(id, null)
    await stage.pass(5 * SECOND_MS)
    expect(await stage.open()).toEqual([])
    await stage.pass(MINUTE_MS, 5 * SECOND_MS)
    const told = await stage.told()
    expect(told.map(({ kind }) => kind)).toEqual(['incident.opened', 'incident.closed'])
    expect(told[1]!.text).toContain('Sending again (1 mailbox):')
  })

  it('is part of the incident of a mailbox that cannot be read for the same reason', async () => {
    const { id } = await oneAccount()
    await stage.account(id, 'needs-admin', 'transports.access_denied')
    await cannotSend(id, 'transports.access_denied')
    await stage.pass(30 * SECOND_MS, 5 * SECOND_MS)
    expect(await stage.open()).toMatchObject([{ affected: [{ id, affects: 'both' }] }])
    expect(await stage.told()).toHaveLength(1)

    await stage.account(id, 'connected')
    await stage.pass(5 * SECOND_MS)
    expect(await stage.open()).toMatchObject([{ affected: [{ id, affects: 'sending' }] }])
    await cannotSend(id, null)
    await stage.pass(5 * SECOND_MS)
    expect(await stage.open()).toEqual([])
  })

  it('is part of the incident of a mailbox that cannot be read while no sending attempt has ended', async () => {
    const { id } = await oneAccount()
    await waits(id)
    await stage.account(id, 'degraded', 'transports.unavailable')
    await stage.pass(20 * MINUTE_MS, MINUTE_MS)

    expect(await stage.open()).toMatchObject([{ reason: { code: 'transports.unavailable' }, affected: [{ id }] }])
    expect(await stage.told()).toHaveLength(1)
  })

  it('is part of the incident of its ended sign-in, together with mailboxes that cannot be read', async () => {
    const [one, two] = await stage.accounts(2)
    await database.pool.query('UPDATE email_accounts SET grant_id = $2 WHERE id = $1', [two!.id, one!.grantId])
    await stage.account(one!.id, 'needs-sign-in', 'tokens.grant_ended')
    await stage.account(two!.id, 'connected')
    await cannotSend(two!.id, 'tokens.grant_ended')
    await stage.pass(30 * SECOND_MS, 5 * SECOND_MS)
    expect(await stage.open()).toMatchObject([{ cause: 'person' }])
    expect((await stage.open())[0]!.affected).toHaveLength(2)
    expect(await stage.told()).toHaveLength(1)
  })

  it('is no incident while it is paused', async () => {
    const { id } = await oneAccount()
    await cannotSend(id, 'transports.smtp_off')
    await stage.account(id, 'paused', 'email_accounts.paused')
    await stage.look()
    expect(await stage.open()).toEqual([])
  })
})

describe('queued mail', () => {
  it('is an incident after fifteen minutes, alerts, and the incident ends when no mail is queued', async () => {
    const { id } = await oneAccount()
    const submission = await waits(id, { reason: 'transports.smtp_unavailable' })
    await stage.pass(15 * MINUTE_MS - 1, MINUTE_MS)
    expect(await stage.open()).toEqual([])
    await stage.pass(1)
    expect(await stage.open()).toMatchObject([
      { cause: 'mailbox', reason: { code: 'transports.smtp_unavailable' }, affected: [{ affects: 'sending' }] },
    ])
    await stage.pass(20 * SECOND_MS, 5 * SECOND_MS)
    expect(await stage.told()).toHaveLength(1)

    await database.pool.query(`UPDATE submissions SET state = 'sent' WHERE id = $1`, [submission])
    await stage.look()
    expect(await stage.open()).toEqual([])
  })

  it('is an incident even without the reason of a failed attempt', async () => {
    const { id } = await oneAccount()
    await waits(id)
    await stage.pass(15 * MINUTE_MS, MINUTE_MS)
    expect(await stage.open()).toMatchObject([{ reason: { code: 'submission.waits_too_long' } }])
  })

  it('is no incident while it is scheduled, and counts from its scheduled time', async () => {
    const { id } = await oneAccount()
    await waits(id, { notBefore: new Date(stage.clock.now().getTime() + HOUR_MS) })
    await stage.pass(HOUR_MS + 14 * MINUTE_MS, MINUTE_MS)
    expect(await stage.open()).toEqual([])
    await stage.pass(MINUTE_MS)
    expect(await stage.open()).toHaveLength(1)
  })

  it('is no incident while other mail of its login is sent', async () => {
    const [one, two] = await stage.accounts(2)
    for (const { id } of [one!, two!]) {
      await stage.account(id, 'connected')
      await database.pool.query(`INSERT INTO sending_states (email_account_id, lane) VALUES ($1, 'smtp:587 sam')`, [id])
    }
    await waits(one!.id)
    for (let minute = 0; minute < 30; minute++) {
      await waits(two!.id, { state: 'sent' })
      await stage.pass(MINUTE_MS)
    }
    expect(await stage.all()).toEqual([])
    await stage.pass(16 * MINUTE_MS, MINUTE_MS)
    expect(await stage.open()).toHaveLength(1)
  })

  it('is part of the incident of the outage that also stops reading', async () => {
    const { id } = await oneAccount()
    await waits(id, { reason: 'transports.unavailable' })
    await stage.account(id, 'degraded', 'transports.unavailable')
    await stage.pass(20 * MINUTE_MS, MINUTE_MS)
    expect(await stage.open()).toMatchObject([{ cause: 'microsoft' }])
    expect(await stage.told()).toHaveLength(1)
  })
})
