import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ANNA, createImapWorld, type ImapWorld } from '../../../test/imap-world.ts'

let world: ImapWorld
beforeAll(async () => {
  world = await createImapWorld()
})
afterAll(() => world.close())

describe('imapflow, a third-party client', () => {
  it('signs in, lists the folders in the language of the mailbox, and logs out', async () => {
    const anna = await world.connect()
    const paths = (await anna.list()).map(({ path }) => path)
    expect(paths).toEqual(expect.arrayContaining(['INBOX', 'Sent Items', 'Drafts', 'Deleted Items', 'Junk Email', 'Archive'])) // prettier-ignore
    await anna.logout()

    const benToken = world.token({ userId: '00000000-0000-4000-8000-000000000003' })
    const ben = await world.connect('ben@contoso.example', { accessToken: benToken })
    expect((await ben.list()).map(({ path }) => path)).toEqual(expect.arrayContaining(['INBOX', 'Entwürfe', 'Gelöschte Elemente'])) // prettier-ignore
    expect(world.reported).toEqual([])
  })

  it('selects a folder and fetches its messages', async () => {
    await world.receive('First')
    await world.receive('Second')
    const client = await world.connect()
    const inbox = await client.mailboxOpen('INBOX')
    expect([inbox.exists, inbox.uidNext, inbox.uidValidity > 0n]).toEqual([2, 3, true])
    const messages = await client.fetchAll('1:*', { uid: true, flags: true, envelope: true, bodyStructure: true, source: true, size: true, internalDate: true }) // prettier-ignore
    expect(messages.map(({ uid, envelope }) => [uid, envelope?.subject, envelope?.messageId])).toEqual([
      [1, 'First', '<First@customer.example>'],
      [2, 'Second', '<Second@customer.example>'],
    ])
    expect(messages[0]?.bodyStructure?.type).toBe('text/plain')
    expect(messages[0]?.source?.toString()).toContain('About First\r\n')
    expect([...(messages[0]?.flags ?? [])]).toEqual([])
  })

  it('receives messages from other protocols in IDLE, at once', async () => {
    const client = await world.connect()
    await client.mailboxOpen('INBOX')
    const told = new Promise<{ count: number }>((resolve) => client.once('exists', resolve))
    const idle = client.idle()
    await new Promise((resolve) => setTimeout(resolve, 50))
    const message = await world.receive('News')
    expect((await told).count).toBe(3)

    const gone = new Promise((resolve) => client.once('expunge', resolve))
    world.mailStore.move(message.key, world.mailStore.wellKnownFolder(ANNA, 'archive').id)
    await gone
    await client.noop()
    await idle
    expect(world.reported).toEqual([])
  })
})
