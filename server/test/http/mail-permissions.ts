/** Permissions of the routes of conversations, messages, drafts, submissions and events. */
import { newId } from '../../src/kernel/ids.ts'
import { read, type Row, type Thing } from './permission-row.ts'

const CONVERSATION = { named: true as const, of: ({ conversation }: Thing) => ({ path: { id: conversation } }) }
const MESSAGE = { named: true as const, of: ({ message }: Thing) => ({ path: { id: message } }) }
const SUBMISSION = { named: true as const, of: ({ submission }: Thing) => ({ path: { id: submission } }) }
const write = { who: 'members', scope: 'mail:write' } as const
const hold = { who: 'admins', scope: 'admin:write' } as const
const send = { who: 'members', scope: 'mail:send' } as const

export const DRAFT = { to: [], cc: [], bcc: [], subject: 'Half' }

export const mailPermissions = (people: { admin: string }): Readonly<Record<string, Row>> => ({
  'GET /v1/attachments/:id/image': { ...read, named: true, of: ({ attachment }) => ({ path: { id: attachment } }) },
  'GET /v1/attachments/:id/content': { ...read, named: true, of: ({ attachment }) => ({ path: { id: attachment } }) },
  'GET /v1/conversations': {
    ...read,
    named: true,
    of: ({ account }) => ({ query: `?emailAccountId=${account.id}` }),
  },
  'GET /v1/conversations/counts': read,
  'GET /v1/conversations/:id': { ...read, ...CONVERSATION },
  'PUT /v1/conversations/:id/assignee': {
    ...write,
    named: true,
    of: ({ conversation }) => ({ path: { id: conversation }, body: { assigneeId: people.admin } }),
  },
  'POST /v1/conversations/:id/close': { ...write, ...CONVERSATION },
  'POST /v1/conversations/:id/merge': {
    ...write,
    named: true,
    of: ({ conversation }) => ({ path: { id: conversation }, body: { into: conversation } }),
  },
  'POST /v1/conversations/:id/move': {
    ...write,
    named: true,
    of: ({ account, conversation }) => ({ path: { id: conversation }, body: { emailAccountId: account.id } }),
  },
  'POST /v1/conversations/:id/split': {
    ...write,
    named: true,
    of: ({ conversation, message }) => ({ path: { id: conversation }, body: { messageIds: [message] } }),
  },
  'POST /v1/conversations/:id/notes': {
    ...write,
    named: true,
    of: ({ conversation }) => ({ path: { id: conversation }, body: { body: 'Called them.' } }),
  },
  'PUT /v1/conversations/:id/following': {
    who: 'members',
    named: true,
    of: ({ conversation }) => ({ path: { id: conversation }, body: { follows: true } }),
  },
  'POST /v1/conversations/:id/tags': {
    ...write,
    named: true,
    of: ({ conversation }) => ({ path: { id: conversation }, body: { add: [], remove: [] } }),
  },
  'GET /v1/conversations/:id/print': { ...read, ...CONVERSATION },
  'GET /v1/conversations/:id/messages.zip': { ...read, ...CONVERSATION },
  'POST /v1/conversations/bulk': {
    ...write,
    named: true,
    of: ({ account }) => ({ body: { view: { emailAccountId: account.id }, action: { kind: 'reopen' } } }),
  },
  'GET /v1/tags': read,
  'POST /v1/tags': { ...write, of: () => ({ body: { name: `Invoice ${newId()}` } }) },
  'DELETE /v1/conversations/:id/presence': { ...write, ...CONVERSATION },
  'GET /v1/conversations/:id/presence': { ...read, ...CONVERSATION },
  'PUT /v1/conversations/:id/presence': {
    ...write,
    named: true,
    of: ({ conversation }) => ({ path: { id: conversation }, body: { activity: 'viewing' } }),
  },
  'PUT /v1/conversations/:id/place': {
    ...write,
    named: true,
    of: ({ conversation }) => ({ path: { id: conversation }, body: { place: 'spam' } }),
  },
  'PUT /v1/conversations/:id/legal-hold': {
    ...hold,
    named: true,
    of: ({ conversation }) => ({ path: { id: conversation }, body: { reason: 'Case 4711' } }),
  },
  'DELETE /v1/conversations/:id/legal-hold': { ...hold, ...CONVERSATION },
  'POST /v1/conversations/:id/reopen': { ...write, ...CONVERSATION },
  'POST /v1/conversations/:id/snooze': {
    ...write,
    named: true,
    of: ({ conversation }) => ({ path: { id: conversation }, body: { until: '2026-06-01T00:00:00Z' } }),
  },
  'POST /v1/conversations/:id/unread': { ...write, ...CONVERSATION },
  'POST /v1/conversations/:id/wait': { ...write, ...CONVERSATION },
  'POST /v1/conversations/:id/seen': { ...write, ...CONVERSATION },
  'GET /v1/notifications': { who: 'members' },
  'GET /v1/notifications/preferences': { who: 'members' },
  'PUT /v1/notifications/preferences': {
    who: 'members',
    of: () => ({ body: { timeZone: 'Europe/Berlin', digest: { interval: 'off' } } }),
  },
  'PUT /v1/notifications/preferences/:id': {
    who: 'members',
    named: true,
    of: ({ account }) => ({ path: { id: account.id }, body: { kinds: ['mentioned'] } }),
  },
  'POST /v1/notifications/read': { who: 'members', of: () => ({ body: { ids: [1] } }) },
  'POST /v1/notifications/unread': { who: 'members', of: () => ({ body: { ids: [1] } }) },
  'GET /v1/canned-responses': read,
  'POST /v1/canned-responses': { ...write, of: () => ({ body: { name: 'Refund', text: 'Hello' } }) },
  'DELETE /v1/canned-responses/:id': { ...write, of: () => ({ path: { id: newId() } }) },
  'GET /v1/canned-responses/:id': { ...read, of: () => ({ path: { id: newId() } }) },
  'PATCH /v1/canned-responses/:id': { ...write, of: () => ({ path: { id: newId() }, body: { name: 'Refund' } }) },
  'POST /v1/canned-responses/:id/attachments': {
    ...write,
    of: () => ({ path: { id: newId() }, body: { name: 'a.txt', contentType: 'text/plain', content: 'YQ==' } }),
  },
  'DELETE /v1/canned-responses/:id/attachments/:attachmentId': {
    ...write,
    of: () => ({ path: { id: newId(), attachmentId: newId() } }),
  },
  'POST /v1/canned-responses/:id/use': { ...write, of: () => ({ path: { id: newId() }, body: {} }) },
  'GET /v1/recipients': { ...read, of: () => ({ query: '?search=kim' }) },
  'GET /v1/signature': { who: 'members' },
  'PUT /v1/signature': { who: 'members', of: () => ({ body: { text: 'Anna' } }) },
  'GET /v1/conversations/:id/customer': {
    ...read,
    named: true,
    of: ({ conversation }) => ({ path: { id: conversation } }),
  },
  'PUT /v1/conversations/:id/customer/note': {
    ...write,
    named: true,
    of: ({ conversation }) => ({ path: { id: conversation }, body: { body: 'Pays by invoice', version: 0 } }),
  },
  'GET /v1/saved-views': { who: 'members' },
  'POST /v1/saved-views': { who: 'members', of: () => ({ body: { name: 'Late', query: 'is:unread' } }) },
  'PUT /v1/saved-views/:id': { who: 'members', of: () => ({ body: { name: 'Late', query: 'is:unread' } }) },
  'DELETE /v1/saved-views/:id': { who: 'members' },
  'GET /v1/drafts': read,
  'POST /v1/drafts': {
    ...write,
    named: true,
    of: ({ account, conversation }) => ({
      body: { emailAccountId: account.id, conversationId: conversation, content: DRAFT },
    }),
  },
  'DELETE /v1/drafts/:id': { ...write, named: true, of: ({ draft }) => ({ path: { id: draft } }) },
  'POST /v1/drafts/:id/restore': {
    ...write,
    named: true,
    of: ({ discardedDraft }) => ({ path: { id: discardedDraft } }),
  },
  'GET /v1/drafts/:id': { ...read, named: true, of: ({ draft }) => ({ path: { id: draft } }) },
  'PUT /v1/drafts/:id': {
    ...write,
    named: true,
    of: ({ draft }) => ({ path: { id: draft }, body: { content: DRAFT, version: 1 } }),
  },
  'POST /v1/drafts/:id/attachments': {
    ...write,
    named: true,
    of: ({ draft }) => ({
      path: { id: draft },
      body: { name: 'a.txt', contentType: 'text/plain', content: 'YQ==' },
    }),
  },
  'DELETE /v1/drafts/:id/attachments/:attachmentId': {
    ...write,
    named: true,
    of: ({ draft, draftAttachment }) => ({ path: { id: draft, attachmentId: draftAttachment } }),
  },
  'GET /v1/drafts/:id/attachments/:attachmentId/image': {
    ...read,
    named: true,
    of: ({ draft, draftAttachment }) => ({ path: { id: draft, attachmentId: draftAttachment } }),
  },
  'POST /v1/drafts/:id/forwarded-attachments': {
    ...write,
    named: true,
    of: ({ draft, message }) => ({ path: { id: draft }, body: { messageId: message } }),
  },
  'GET /v1/events': read,
  'GET /v1/events/stream': read,
  'GET /v1/messages': { ...read, named: true, of: ({ account }) => ({ query: `?emailAccountId=${account.id}` }) },
  'GET /v1/messages/:id': { ...read, ...MESSAGE },
  'GET /v1/messages/:id/answer': {
    ...read,
    named: true,
    of: ({ message }) => ({ path: { id: message }, query: '?kind=reply-all' }),
  },
  'GET /v1/messages/:id/attachments': { ...read, ...MESSAGE },
  'GET /v1/messages/:id/attachments.zip': { ...read, ...MESSAGE },
  'GET /v1/messages/:id/body': { ...read, ...MESSAGE },
  'POST /v1/messages/:id/keep-together': { ...write, ...MESSAGE },
  'POST /v1/messages/:id/read-again': { ...write, ...MESSAGE },
  'GET /v1/messages/:id/source': { ...read, ...MESSAGE },
  'GET /v1/messages/:id/versions': { ...read, ...MESSAGE },
  'GET /v1/submissions/counts': read,
  'GET /v1/submissions': read,
  'POST /v1/submissions': {
    ...send,
    named: true,
    of: ({ account, conversation }) => ({
      body: { emailAccountId: account.id, conversationId: conversation, ...letter() },
      headers: { 'idempotency-key': newId() },
    }),
  },
  'GET /v1/submissions/:id': { ...read, ...SUBMISSION },
  'POST /v1/submissions/:id/cancel': { ...send, ...SUBMISSION },
  'POST /v1/submissions/:id/decide': {
    ...send,
    named: true,
    of: ({ submission }) => ({ path: { id: submission }, body: { decision: 'was-sent' } }),
  },
  'POST /v1/submissions/:id/retry': { ...send, ...SUBMISSION },
})

export function letter() {
  return {
    to: [{ name: '', address: 'customer@example.com' }],
    cc: [],
    bcc: [],
    subject: 'Hello',
    text: 'Hi',
    attachments: [],
  }
}
