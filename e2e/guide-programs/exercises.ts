/**
 * Preparation of each guide, events while its program runs, and checks of its effect on the server. An exercise
 * returns the output that is compared with the answer of the page.
 */
import { expect } from 'vitest'
import type { Guide } from './guide-pages.ts'
import type { GuideStage, LanguageStage } from './guide-stage.ts'
import { connectAccount } from './exercise-connect.ts'
import { followEvents, receiveByWebhook, watchDelivery } from './exercise-events.ts'
import { downloadAttachments, exportAccount, readMessage } from './exercise-reading.ts'
import { replyOnce, sendLater } from './exercise-sending.ts'

export type Exercise = (stage: GuideStage, of: LanguageStage, guide: Guide) => Promise<string>

/** In this order: the first one connects the mailboxes of the others. */
export const EXERCISES: Record<string, Exercise> = {
  'connect-a-mailbox': connectAccount,
  'receive-by-webhook': receiveByWebhook,
  'follow-events': followEvents,
  'read-a-message': readMessage,
  'download-attachments': downloadAttachments,
  'reply-once': replyOnce,
  'send-later': sendLater,
  'delivery-status': watchDelivery,
  conversations: workOnConversations,
  export: exportAccount,
}

async function workOnConversations(stage: GuideStage, of: LanguageStage, guide: Guide): Promise<string> {
  const { address } = of.customer('returns')
  for (const subject of ['One return', 'Another return']) await of.receive(address, { subject, text: 'Please.' })
  const started = of.start(guide[of.language], { FROM: address, AGENT: 'Olga', OTHER: 'SUP' })
  const output = await started.ended()

  type Found = { emailAccountId: string; status: string; tagIds: string[]; subject: string; assignee?: string }
  const query = `emailAccountId=SUP&view=closed&search=${encodeURIComponent(`from:${address}`)}`
  const { conversations } = await of.call<{ conversations: Found[] }>('GET', `/v1/conversations?${query}`)
  expect(conversations.map(({ subject }) => subject).sort()).toEqual(['Another return', 'One return'])
  const { tags } = await of.call<{ tags: { id: string; name: string }[] }>('GET', '/v1/tags')
  const { id } = tags.find(({ name }) => name === 'returns')!
  for (const one of conversations) {
    expect(one).toMatchObject({ emailAccountId: stage.connected.accountId, status: 'closed', tagIds: [id] })
  }
  expect(conversations.filter((one) => 'assigneeId' in one)).toHaveLength(1)
  return output
}
