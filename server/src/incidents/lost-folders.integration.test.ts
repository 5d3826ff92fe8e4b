import { afterAll, beforeEach, expect, it } from 'vitest'
import { testDatabase } from '../../test/kit/index.ts'
import { createStage, MINUTE_MS } from '../../test/incidents/stage.ts'

const database = await testDatabase()
const stage = createStage(database)
beforeEach(() => stage.reset())
afterAll(() => stage.close())

async function lose(id: string, ...names: string[]): Promise<void> {
  const lost = JSON.stringify(names.map((name) => ({ name, at: stage.clock.now() })))
  await database.pool.query('UPDATE email_accounts SET lost_folders = $2 WHERE id = $1', [id, lost])
}

it('a missing chosen folder is an incident of its mailbox until folders are chosen again, and alerts its contact', async () => {
  const [account, other] = await stage.accounts(2)
  await lose(account!.id, 'Orders', 'Archive')

  await stage.pass(MINUTE_MS, 5000)
  expect(await stage.open()).toMatchObject([
    {
      cause: 'mailbox',
      subject: { emailAccountId: account!.id },
      reason: { code: 'email_accounts.folder_gone' },
      detail: 'No longer on the server: Orders, Archive.',
      affected: [{ id: account!.id }],
      words: { who: 'An admin of this server', where: 'In Postkey, open the Email Account.' },
    },
  ])
  const [alert] = await stage.told()
  expect(alert!.text).toContain('No longer on the server: Orders, Archive.')
  expect(JSON.stringify(alert)).toContain('admin@contoso.example')
  expect(other).toBeDefined()

  await lose(account!.id)
  await stage.pass(MINUTE_MS, 5000)
  expect(await stage.open()).toEqual([])
})

it('a folder that the server refuses is listed separately from missing folders', async () => {
  const [account] = await stage.accounts(1)
  const at = stage.clock.now()
  const folders = [
    { name: 'Orders', at },
    { name: 'Private', at, isRefused: true },
  ]
  await database.pool.query('UPDATE email_accounts SET lost_folders = $2 WHERE id = $1', [
    account!.id,
    JSON.stringify(folders),
  ])
  await stage.pass(MINUTE_MS, 5000)

  const [open] = await stage.open()
  expect(open).toMatchObject({ detail: 'No longer on the server: Orders. Refused by the server: Private.' })
})

it('a mailbox that has also stopped has one incident, which lists it once', async () => {
  const [account] = await stage.accounts(1)
  await lose(account!.id, 'Orders')
  await stage.account(account!.id, 'needs-admin', 'transports.access_denied')
  await stage.pass(MINUTE_MS, 5000)

  expect(await stage.open()).toMatchObject([{ affected: [{ id: account!.id }] }])
})

it('a paused mailbox has no incident for its folders', async () => {
  const [account] = await stage.accounts(1)
  await lose(account!.id, 'Orders')
  await stage.account(account!.id, 'paused')
  await stage.pass(MINUTE_MS, 5000)

  expect(await stage.open()).toEqual([])
})
