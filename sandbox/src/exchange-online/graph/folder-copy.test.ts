import { describe, expect, it } from 'vitest'
import { ANNA, BEN, createGraphWorld } from './graph-test-world.ts'

describe('the copy of a folder', () => {
  it('has the messages and the folders below, and leaves the original', async () => {
    const { post, get, mailStore, receive } = createGraphWorld()
    const orders = mailStore.addFolder(ANNA, 'msgfolderroot', 'Orders')
    const below = mailStore.addFolder(ANNA, orders.id, '2026')
    const read = receive('first', {}, { folder: orders.id })
    mailStore.updateFlags(read.key, { isRead: true })
    const second = receive('second', {}, { folder: below.id })

    const { statusCode, body } = await post(`/me/mailFolders/${orders.id}/copy`, { destinationId: 'archive' })

    expect(statusCode).toBe(200)
    expect(body).toMatchObject({
      displayName: 'Orders',
      parentFolderId: mailStore.wellKnownFolder(ANNA, 'archive').id,
      totalItemCount: 1,
      unreadItemCount: 0,
      childFolderCount: 1,
    })
    expect(body.id).not.toBe(orders.id)
    const [child] = (await get(`/me/mailFolders/${body.id}/childFolders`)).body.value
    const [copied] = (await get(`/me/mailFolders/${child!.id}/messages`)).body.value
    expect(copied).toMatchObject({ subject: 'second', internetMessageId: second.internetMessageId })
    expect(copied!.id).not.toBe(second.restId)
    expect((await get(`/me/mailFolders/${below.id}/messages/${second.restId}`)).statusCode).toBe(200)
    expect((await get(`/me/mailFolders/${orders.id}`)).body).toMatchObject({ totalItemCount: 1, childFolderCount: 1 })
  })

  it('is an ordinary folder, also of a well-known one', async () => {
    const { post, ask, receive } = createGraphWorld()
    receive('hello')
    const { body } = await post('/me/mailFolders/inbox/copy', { destinationId: 'archive' })

    expect(body).toMatchObject({ displayName: 'Inbox', totalItemCount: 1 })
    expect((await ask('PATCH', `/me/mailFolders/${body.id}`, { body: { displayName: 'Old' } })).statusCode).toBe(200)
  })

  it.each([
    ['without a destination', {}, 400, 'ErrorInvalidIdMalformed'],
    ['into an unknown name', { destinationId: 'nowhere' }, 400, 'ErrorInvalidIdMalformed'],
    ['into the folder itself', { destinationId: 'inbox' }, 400, 'ErrorMoveCopyFailed'],
    ['beside a folder of its name', { destinationId: 'msgfolderroot' }, 409, 'ErrorFolderExists'],
    ['with a number as destination', { destinationId: 7 }, 400, undefined],
  ])('is refused %s', async (_case, sent, status, code) => {
    const { post, all } = createGraphWorld()
    const { statusCode, body } = await post('/me/mailFolders/inbox/copy', sent)

    expect(statusCode).toBe(status)
    if (code !== undefined) expect(body.error.code).toBe(code)
    expect((await all('/me/mailFolders?$top=50')).filter((each) => each['displayName'] === 'Inbox')).toHaveLength(1)
  })

  it('stays in its mailbox', async () => {
    const { post, mailStore } = createGraphWorld()
    const ofBen = mailStore.wellKnownFolder(BEN, 'inbox').id
    const { statusCode, body } = await post('/me/mailFolders/inbox/copy', { destinationId: ofBen })

    expect([statusCode, body.error.code]).toEqual([404, 'ErrorItemNotFound'])
  })
})
