import { afterAll, beforeEach, describe, expect, it } from 'vitest'
import type { ErrorCode } from '../kernel/errors.ts'
import type { EmailAccountId } from '../kernel/ids.ts'
import { storeWaitingAction, testDatabase } from '../../test/kit/index.ts'
import { createStage, HOUR_MS, MINUTE_MS, SECOND_MS } from '../../test/incidents/stage.ts'

const database = await testDatabase()
const { pool } = database
const stage = createStage(database)

beforeEach(() => stage.reset())
afterAll(() => stage.close())

/** A connected mailbox with one waiting action. */
async function actionWaits() {
  const [account] = await stage.accounts(1)
  await stage.account(account!.id, 'connected')
  await storeWaitingAction(database, stage.clock, account!.id)
  return account!
}

const fail = (id: EmailAccountId, code: ErrorCode | null) =>
  pool.query(
    `UPDATE account_action_settings SET trouble_code = $2::text,
      trouble_since = CASE WHEN $2::text IS NOT NULL THEN coalesce(trouble_since, $3) END WHERE email_account_id = $1`,
    [id, code, stage.clock.now()],
  )
/** Ends the action: it succeeded, or its setting was switched off. */
const settle = (id: EmailAccountId) =>
  pool.query('UPDATE account_actions SET due_at = NULL, seen_pending = false WHERE email_account_id = $1', [id])

describe('mailbox actions that fail', () => {
  it.each<ErrorCode>([
    'account_actions.permission_missing',
    'transports.access_denied',
    'transports.target_folder_gone',
    'transports.imap_no_move',
  ])('are an incident of the mailbox after an hour with %s, alert, and recover with their success', async (code) => {
    const { id } = await actionWaits()
    await fail(id, code)
    await stage.pass(HOUR_MS - 1, 10 * MINUTE_MS)
    expect(await stage.all()).toEqual([])
    await stage.pass(1)
    expect(await stage.open()).toMatchObject([
      { cause: 'mailbox', reason: { code, remedy: 'admin' }, affected: [{ id, affects: 'actions' }] },
    ])
    await stage.pass(30 * SECOND_MS, 5 * SECOND_MS)
    const [alert, ...more] = await stage.told()
    expect(more).toEqual([])
    expect(alert!.subject).toMatch(/^\[Postkey\] Actions of \S+ wait: /)
    expect(alert!.text).toContain('Mailbox actions wait, receiving and sending still work (1 mailbox):')
    expect(alert!.text).not.toMatch(/stopped|incoming mail/)

    await settle(id)
    await fail(id, null)
    await stage.pass(5 * SECOND_MS)
    expect(await stage.open()).toEqual([])
    await stage.pass(2 * MINUTE_MS, 5 * SECOND_MS)
    const told = await stage.told()
    expect(told.map(({ kind }) => kind)).toEqual(['incident.opened', 'incident.closed'])
    expect(told[1]!.text).toContain('Mailbox actions work again (1 mailbox):')
  })

  it('end their incident when no action waits any more, such as after a switch-off', async () => {
    const { id } = await actionWaits()
    await fail(id, 'transports.imap_no_move')
    await stage.pass(HOUR_MS, 10 * MINUTE_MS)
    expect(await stage.open()).toHaveLength(1)
    await settle(id)
    await stage.look()
    expect(await stage.open()).toEqual([])
  })

  it('are no incident for an hour after the first action that waits, although an old error is stored', async () => {
    const { id } = await actionWaits()
    await fail(id, 'transports.imap_no_move')
    await stage.pass(30 * MINUTE_MS, 10 * MINUTE_MS)
    await pool.query('UPDATE account_actions SET changed_at = $2 WHERE email_account_id = $1', [id, stage.clock.now()])
    await stage.pass(HOUR_MS - 1, 10 * MINUTE_MS)
    expect(await stage.all()).toEqual([])
  })

  it.each<ErrorCode | null>(['transports.unavailable', 'transports.imap_refused', null])(
    'are no incident within a day with %s, which may end by itself, and one after a day',
    async (code) => {
      const { id } = await actionWaits()
      await fail(id, code)
      await stage.pass(24 * HOUR_MS - 1, HOUR_MS)
      expect(await stage.all()).toEqual([])
      await stage.pass(1)
      expect(await stage.open()).toMatchObject([
        { reason: { code: code ?? 'account_actions.wait_too_long' }, affected: [{ id, affects: 'actions' }] },
      ])
    },
  )

  it('are no incident while the mailbox is paused', async () => {
    const { id } = await actionWaits()
    await fail(id, 'transports.imap_no_move')
    await stage.account(id, 'paused', 'email_accounts.paused')
    await stage.pass(25 * HOUR_MS, HOUR_MS)
    expect(await stage.all()).toEqual([])
  })
})

describe('mailbox actions', () => {
  it('are part of the incident of an ended sign-in', async () => {
    const { id } = await actionWaits()
    await fail(id, 'transports.unavailable')
    await stage.account(id, 'needs-sign-in', 'tokens.grant_ended')
    await stage.pass(25 * HOUR_MS, HOUR_MS)
    expect(await stage.all()).toMatchObject([{ cause: 'person', affected: [{ id, affects: 'receiving' }] }])
  })

  it('are part of the incident of a mailbox that is denied to reading as well', async () => {
    const { id } = await actionWaits()
    await fail(id, 'transports.access_denied')
    await stage.pass(2 * HOUR_MS, HOUR_MS)
    await stage.account(id, 'needs-admin', 'transports.access_denied')
    await stage.look()
    expect(await stage.all()).toMatchObject([{ affected: [{ id, affects: 'receiving' }] }])
    await stage.account(id, 'connected')
    await stage.look()
    expect(await stage.all()).toMatchObject([{ affected: [{ id, affects: 'actions', until: undefined }] }])
  })

  it('are part of an outage that stops reading', async () => {
    const { id } = await actionWaits()
    await fail(id, 'transports.throttled')
    await stage.account(id, 'degraded', 'transports.unavailable')
    await stage.pass(25 * HOUR_MS)
    expect(await stage.all()).toMatchObject([{ cause: 'microsoft', affected: [{ id, affects: 'receiving' }] }])
  })
})
