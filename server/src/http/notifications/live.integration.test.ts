import { expect, it } from 'vitest'
import {
  createTestApp,
  createTestClock,
  customerMessage,
  storeEmailAccount,
  testDatabase,
} from '../../../test/kit/index.ts'

const database = await testDatabase()
const clock = createTestClock()
const { app, person, publicUrl, rooms, notificationIntake } = await createTestApp(database, clock, {
  heartbeatMs: 3_600_000,
})

it('announces notifications on the event stream, to their person only', async () => {
  const account = await storeEmailAccount(database, clock)
  const [anna, ben] = [await person('agent', [account.id]), await person('agent', [account.id])]
  const open = async (member: typeof anna) => {
    const headers = { host: publicUrl.host, cookie: member.cookie! }
    return (await app.inject({ url: '/v1/events/stream', headers, payloadAsStream: true })).stream()
  }
  const [hers, his] = [await open(anna), await open(ben)]
  const of = { id: account.id, address: 'us@contoso.example', createdAt: clock.now() }
  const file = (n: number) =>
    database.transaction((tx) => rooms.conversations.filing.file(tx, of, customerMessage(clock, n)))
  const conversation = (await file(1))!.conversationId
  await rooms.conversations.team.assign(conversation, anna.id, 'test')
  await rooms.notifications.preferences.choose(ben.id, account.id, [])
  await notificationIntake.catchUp()
  // Ends both streams, after the notification.
  const last = (await file(2))!.conversationId

  const textUntilLast = async (stream: typeof hers) => {
    let text = ''
    for await (const piece of stream) {
      text += String(piece)
      if (text.includes(last)) break
    }
    return text
  }
  expect(await textUntilLast(hers)).toContain('\n\nevent: notifications\ndata: {}\n\n')
  expect(await textUntilLast(his)).not.toContain('event: notifications')
})
