import { expect, it } from 'vitest'
import { createEvents } from '../../events/index.ts'
import { newId, type EmailAccountId } from '../../kernel/ids.ts'
import { createTestClock, testDatabase } from '../../../test/kit/index.ts'
import { createSavedViews } from './saved-views.ts'

const database = await testDatabase()
const events = createEvents(database)
const views = createSavedViews({ database, clock: createTestClock(), events })
const input = (name: string, isShared = false) => ({ name, query: 'is:unread', view: 'all', isShared })
const ben = { id: 'ben', changesShared: false }
const anna = { id: 'anna', changesShared: false }
const olga = { id: 'olga', changesShared: true }

it('lists own views and shared ones by name', async () => {
  await views.create(input('zebra'), 'ben')
  await views.create(input('Apple', true), 'anna')
  await views.create(input('mine'), 'anna')
  expect((await views.list('ben')).map(({ name }) => name)).toEqual(['Apple', 'zebra'])
  expect((await views.list('anna')).map(({ name }) => name)).toEqual(['Apple', 'mine'])
})

it('a personal view is changed by its owner only, also not by admins, who do not see it', async () => {
  const { id } = await views.create(input('secret'), 'ben')
  for (const editor of [anna, olga]) {
    await expect(views.update(id, input('x'), editor)).rejects.toMatchObject({ code: 'conversations.saved_view_not_found' }) // prettier-ignore
    await expect(views.remove(id, editor)).rejects.toMatchObject({ code: 'conversations.saved_view_not_found' })
  }
  expect(await views.update(id, { ...input('open'), query: 'from:anna' }, ben)).toMatchObject({ query: 'from:anna' })
  await views.remove(id, ben)
  await expect(views.remove(id, ben)).rejects.toMatchObject({ code: 'conversations.saved_view_not_found' })
})

it('a shared view is changed by its creator and by admins', async () => {
  const { id } = await views.create(input('team', true), 'ben')
  await expect(views.update(id, input('x'), anna)).rejects.toMatchObject({ code: 'conversations.saved_view_of_other' })
  await expect(views.remove(id, anna)).rejects.toMatchObject({ code: 'conversations.saved_view_of_other' })
  expect(await views.update(id, input('renamed', true), olga)).toMatchObject({ name: 'renamed', ownerId: 'ben' })
  await views.remove(id, olga)
})

it('a person saves a hundred views at most', async () => {
  for (let n = 0; n < 100; n++) await views.create(input(`v${n}`), 'carl')
  await expect(views.create(input('more'), 'carl')).rejects.toMatchObject({
    code: 'conversations.too_many_saved_views',
  })
})

it('a change is an event for everyone who sees a mailbox, without the search', async () => {
  const { id } = await views.create(input('mine'), 'dana')
  const dana = { id: 'dana', changesShared: false }
  await views.update(id, input('ours', true), dana)
  await views.remove(id, dana)
  const of = { subjectId: id, emailAccountIds: [newId<EmailAccountId>()] }
  const payload = { by: 'person:dana' }
  expect((await events.list(of)).events).toMatchObject([
    { kind: 'saved_view.created', payload },
    { kind: 'saved_view.changed', payload },
    { kind: 'saved_view.deleted', payload },
  ])
  expect((await events.list({ ...of, emailAccountIds: [] })).events).toEqual([])
})
