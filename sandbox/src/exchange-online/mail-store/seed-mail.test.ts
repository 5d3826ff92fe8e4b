import { describe, expect, it } from 'vitest'
import type { Directory } from '../../tenants/index.ts'
import { BEN, openEmptyStore } from './empty-store.ts'
import { type MailStore, type Message, seedBulk, seedMail } from './index.ts'

describe('the sample mail', () => {
  it('is stored once', async () => {
    const { database, clock, directory, store } = openEmptyStore()
    await seedMail({ database, clock, directory, mailStore: store })
    const last = store.lastSequence()

    await seedMail({ database, clock, directory, mailStore: store })

    expect(store.lastSequence()).toBe(last)
  })

  it('is stored again after a start that was interrupted during seeding', async () => {
    const { database, clock, directory, store } = openEmptyStore()
    let letters = 0
    const killed: MailStore = {
      ...store,
      appendMime: (...letter) => {
        if (letters++ === 5) throw new Error('killed')
        return store.appendMime(...letter)
      },
    }
    await expect(seedMail({ database, clock, directory, mailStore: killed })).rejects.toThrow('killed')

    await seedMail({ database, clock, directory, mailStore: store })

    expect(allOf(directory, store)).toEqual((await told()).messages.map(({ subject }) => subject))
  })

  it('is the same every time', async () => {
    const [one, other] = await Promise.all([told(), told()])

    expect(one.messages).toEqual(other.messages)
  })

  it('contains examples of all difficult kinds of mail', async () => {
    const { store, messages } = await told()
    const find = (subject: string) => messages.find((message) => message.subject === subject)!

    const answer = find('Re: Order 4711 has not arrived')
    expect([answer.references, answer.inReplyTo]).toEqual([[], []])
    expect(answer.conversationId).not.toBe(find('Order 4711 has not arrived').conversationId)
    expect(find('注文の確認').body.content).toContain('注文を確認したいのですが。')
    expect(find('הזמנה 4719: מתי תגיע?').body.content).toContain('dir="rtl"')
    expect(messages.some(({ subject }) => subject.length === 90)).toBe(true)
    expect(find('What moved in January 📦').body.content).toContain('src="https://images.parcelpost.example/')
    expect(store.attachments(find('Error when I log in').key)).toMatchObject([
      { isInline: true, contentType: 'image/png' },
    ])
    expect(store.attachments(find('Plans of the new warehouse').key)[0]?.sizeBytes).toBeGreaterThanOrEqual(
      25 * 1024 * 1024,
    )
    expect(
      store.attachments(find('Undelivered Mail Returned to Sender').key).map(({ contentType }) => contentType),
    ).toEqual(['message/delivery-status', 'message/rfc822'])
    expect(store.attachments(find('Invitation: Delivery times').key)).toMatchObject([{ contentType: 'text/calendar' }])
    expect(store.attachments(find('For you: complaint about the returns label').key)).toMatchObject([
      { kind: 'item', name: 'Devolución of my chair' },
    ])
  })

  it('has dates in the past', async () => {
    const { messages, clock } = await told()

    for (const { receivedAt } of messages) expect(receivedAt).toBeLessThanOrEqual(clock.at)
  })
})

describe('filling a mailbox', () => {
  it('adds the given number of messages with the given size, the newest last', async () => {
    const { database, clock, store } = openEmptyStore()

    seedBulk({ database, clock, mailStore: store }, BEN, 600, { sizeBytes: 34_000 })

    const messages = store.listMessages({ mailboxId: BEN, limit: 1000 })
    expect(messages).toHaveLength(600)
    expect(new Set(messages.map(({ internetMessageId }) => internetMessageId)).size).toBe(600)
    const { length } = await store.mime(messages[300]!)
    expect(Math.abs(length - 34_000)).toBeLessThan(1700)
    expect(messages.at(-1)!.receivedAt).toBeGreaterThan(messages[0]!.receivedAt)
  })
})

async function told() {
  const { database, clock, directory, store } = openEmptyStore()
  await seedMail({ database, clock, directory, mailStore: store })
  const messages: Message[] = directory.people
    .listMailboxes()
    .flatMap(({ userId }) => store.listMessages({ mailboxId: userId, limit: 100 }))
  return { store, clock, messages }
}

function allOf({ people }: Directory, store: MailStore): string[] {
  return people
    .listMailboxes()
    .flatMap(({ userId }) => store.listMessages({ mailboxId: userId, limit: 100 }))
    .map(({ subject }) => subject)
}
