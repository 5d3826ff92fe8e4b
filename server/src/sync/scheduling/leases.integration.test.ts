import { expect, it } from 'vitest'
import { createTestClock, testDatabase } from '../../../test/kit/index.ts'
import { createStage } from '../../../test/sync/stage.ts'
import { StrictFolderServer } from '../../../test/sync/strict-folder-server.ts'
import { createLeases } from './leases.ts'

const database = await testDatabase()
const clock = createTestClock()
const { emailAccounts, associate } = createStage(database, clock, new Map())
const leases = createLeases({ database, clock, emailAccounts })
const live = new AbortController().signal

it('the lease rejects all writes of a worker after another one has claimed its mailbox', async () => {
  const { id } = await associate('a@contoso.example', new StrictFolderServer().transport)
  const slow = (await leases.claim(id, live))!
  const quick = (await leases.claim(id, live))!

  const late = leases.write(slow, (tx) => leases.setDue(tx, slow, new Date('2030-01-01T00:00:00Z')))

  await expect(late).rejects.toMatchObject({ code: 'sync.superseded' })
  await leases.write(quick, (tx) => leases.setDue(tx, quick, new Date('2027-01-01T00:00:00Z')))
  expect((await emailAccounts.get(id)).dueAt).toEqual(new Date('2027-01-01T00:00:00Z'))
})

it('the lease rejects writes for a mailbox that was paused or removed meanwhile', async () => {
  const { id } = await associate('b@contoso.example', new StrictFolderServer().transport)
  const first = (await leases.claim(id, live))!
  await emailAccounts.pause(id, 'admin')
  await expect(leases.write(first, () => Promise.resolve())).rejects.toMatchObject({ code: 'sync.superseded' })
  expect(await leases.claim(id, live)).toBeUndefined()

  await emailAccounts.resume(id, 'admin')
  const second = (await leases.claim(id, live))!
  await emailAccounts.remove(id, 'admin')
  await expect(leases.write(second, () => Promise.resolve())).rejects.toMatchObject({ code: 'sync.superseded' })
})

it('the lease makes a mailbox due at once if it was woken during a run', async () => {
  const { id } = await associate('c@contoso.example', new StrictFolderServer().transport)
  const lease = (await leases.claim(id, live))!
  await leases.wake(id)
  await leases.write(lease, (tx) => leases.setDue(tx, lease, new Date('2030-01-01T00:00:00Z')))

  expect((await emailAccounts.get(id)).dueAt).toEqual(clock.now())
})

it('the lease is granted only if the mailbox is still due', async () => {
  const { id } = await associate('d@contoso.example', new StrictFolderServer().transport)
  const lease = (await leases.claim(id, live))!
  await leases.write(lease, (tx) => leases.setDue(tx, lease, new Date(clock.now().getTime() + 1)))

  expect(await leases.claim(id, live)).toBeUndefined()
  expect(await leases.due(10, [])).not.toContain(id)
})
