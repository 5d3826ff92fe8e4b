import { expect, it } from 'vitest'
import type { RemoteMessage } from '../../mail/index.ts'
import {
  createTestApp,
  createTestClock,
  customerMessage,
  storeEmailAccount,
  testDatabase,
} from '../../../test/kit/index.ts'

const database = await testDatabase()
const clock = createTestClock()
const { ask, person, rooms } = await createTestApp(database, clock)
const ours = await rooms.emailAccounts.get((await storeEmailAccount(database, clock)).id)
const theirs = await rooms.emailAccounts.get((await storeEmailAccount(database, clock)).id)
const as = await person('agent', [ours.id])
let number = 0

async function file(account: typeof ours, change: Partial<RemoteMessage>): Promise<void> {
  const n = ++number
  const message = { ...customerMessage(clock, n), ...change }
  await database.transaction((tx) => rooms.conversations.filing.file(tx, account, message))
}

async function suggested(search: string): Promise<string[]> {
  const { status, body } = await ask(`GET /v1/recipients?search=${encodeURIComponent(search)}`, { as })
  expect(status).toBe(200)
  return (body as { recipients: { name: string; address: string }[] }).recipients.map(({ name, address }) =>
    `${name} <${address}>`.trim(),
  )
}

it('finds addresses of stored mail by the beginnings of words, those written to first', async () => {
  const kim = { name: 'Kim Lee', address: 'Kim@Customer.example' }
  await file(ours, { from: kim, cc: [{ name: '', address: 'leo@partner.example' }] })
  await file(ours, { from: { name: 'Leonie', address: 'leonie@customer.example' } })
  const own = { name: 'Support', address: ours.address }
  await file(ours, { from: own, to: [{ name: 'Lea', address: 'lea@customer.example' }], folderRemoteId: 'sent' })

  const found = await suggested('le')
  expect(found[0]).toBe('Lea <lea@customer.example>')
  expect(found.slice(1).sort()).toEqual([
    '<leo@partner.example>',
    'Kim Lee <kim@customer.example>',
    'Leonie <leonie@customer.example>',
  ])
  expect(await suggested('lee ki')).toEqual(['Kim Lee <kim@customer.example>'])
  expect(await suggested('part')).toEqual(['<leo@partner.example>'])
  expect(await suggested(ours.address)).toEqual([])
  expect(await suggested('& !! |')).toEqual([])
})

it('learns a name, and hides mailboxes without access', async () => {
  await file(ours, { from: { name: '', address: 'noa@customer.example' } })
  await file(ours, { from: { name: 'Noa', address: 'noa@customer.example' } })
  await file(theirs, { from: { name: 'Nora', address: 'nora@customer.example' } })

  expect(await suggested('no')).toEqual(['Noa <noa@customer.example>'])
})
