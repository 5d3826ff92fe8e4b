import { expect, it } from 'vitest'
import type { GraphFolders } from './folders.ts'
import type { GraphClient } from './graph-client.ts'
import { createMessages } from './messages.ts'

const item = { receivedDateTime: '2026-07-01T12:00:00Z', conversationId: 'c1' }
const listed = { receivedAt: new Date('2026-07-01T12:00:00Z'), remoteConversationId: 'c1' }

it.each([
  ['the last page of complete items', { value: [item] }, { threads: [listed], isWhole: true }],
  ['a page with a next one', { value: [item], '@odata.nextLink': 'https://x' }, { threads: [listed], isWhole: false }],
  ['an item without a conversation', { value: [item, { ...item, conversationId: undefined }] }, { isWhole: false }],
])('newest messages are whole only if none is missing: %s', async (_what, answer, expected) => {
  const client = { mailbox: (path: string) => path, json: () => Promise.resolve(answer) } as unknown as GraphClient
  const messages = createMessages(client, {} as GraphFolders)
  expect(await messages.newestThreads('inbox', { since: new Date(0), limit: 10 })).toMatchObject(expected)
})
