import { expect } from 'vitest'
import type { Guide } from './guide-pages.ts'
import type { GuideStage, LanguageStage } from './guide-stage.ts'
import { waitUntil } from './wait-until.ts'

/** Two runs send one reply, in the conversation of the message; a message of a program gets none. */
export async function replyOnce(_stage: GuideStage, of: LanguageStage, guide: Guide): Promise<string> {
  const customer = of.customer('reply')
  const message = await of.receive(customer.address, { subject: 'The kettle is loud', text: 'Very.' })
  const started = of.start(guide[of.language], { MESSAGE: message.id })
  const output = await started.ended()
  const reply = await customer.read()
  expect(reply).toMatchObject({ subject: 'Re: The kettle is loud', inReplyTo: [message.messageId] })
  expect(reply.text).toContain('Dear Grace,')
  const stateless = (text: string) => text.replace(/^[\w-]+/, '')
  expect(stateless(await started.again().ended())).toBe(stateless(output))

  const headers = { 'Auto-Submitted': 'auto-replied' }
  const automatic = await of.receive(customer.address, { subject: 'Out of office', text: 'Away.', headers })
  const refused = of.start(guide[of.language], { MESSAGE: automatic.id })
  expect(await refused.ended()).toBe('No reply: written by a program\n')
  type Listed = { submissions: { conversationId: string; state: string }[] }
  const { submissions } = await of.call<Listed>('GET', `/v1/submissions?to=${customer.address}`)
  expect(submissions).toHaveLength(1)
  expect(submissions[0]).toMatchObject({ conversationId: message.conversationId })
  expect(await customer.unread()).toBe(0)
  return output
}

/** The invoice arrives with its file; the reminder never does. */
export async function sendLater(_stage: GuideStage, of: LanguageStage, guide: Guide): Promise<string> {
  const customer = of.customer('order')
  const order = `4711-${of.language}`
  const output = await of.start(guide[of.language], { TO: customer.address, ORDER: order }).ended()
  expect(await customer.read()).toMatchObject({
    subject: `Invoice of order ${order}`,
    attachments: [{ name: 'invoice.txt', sizeBytes: 18 }],
  })
  type Sent = { state: string; sendAt?: string; content: { subject: string } }
  const { submissions } = await of.call<{ submissions: Sent[] }>('GET', `/v1/submissions?to=${customer.address}`)
  const reminder = submissions.find(({ content }) => content.subject === `Reminder of order ${order}`)!
  expect(submissions).toHaveLength(2)
  expect(reminder).toMatchObject({ state: 'canceled' })
  // The next guide lists what is sent from now on.
  await waitUntil('sent', async () => {
    const { submissions: now } = await of.call<{ submissions: Sent[] }>('GET', `/v1/submissions?to=${customer.address}`)
    return now.some(({ state }) => state === 'sent')
  })
  const waitMs = new Date(reminder.sendAt!).getTime() - Date.now()
  expect(waitMs).toBeGreaterThan(3_500_000)
  expect(waitMs).toBeLessThanOrEqual(3_600_000)
  return output
}
