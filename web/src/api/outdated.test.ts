import { describe, expect, it } from 'vitest'
import {
  getCannedResponsesQueryKey,
  getConversationsIdCustomerQueryKey,
  getConversationsIdQueryKey,
  getDraftsQueryKey,
  getEmailAccountsIdClosingPreviewQueryKey,
  getEmailAccountsIdClosingQueryKey,
  getEmailAccountsIdImportQueryKey,
  getEmailAccountsIdQueryKey,
  getEmailAccountsQueryKey,
  getEventsQueryKey,
  getGrantsQueryKey,
  getIncidentsQueryKey,
  getMessagesIdAttachmentsQueryKey,
  getSavedViewsQueryKey,
  getSubmissionsQueryKey,
  type Event,
} from './client.ts'
import { listChangedRows, isOutdated, type QueryHead } from './outdated.ts'

const KEYS = {
  accounts: getEmailAccountsQueryKey(),
  account: getEmailAccountsIdQueryKey({ path: { id: 'sup' } }),
  otherImport: getEmailAccountsIdImportQueryKey({ path: { id: 'ann' } }),
  closing: getEmailAccountsIdClosingQueryKey({ path: { id: 'sup' } }),
  otherClosing: getEmailAccountsIdClosingQueryKey({ path: { id: 'ann' } }),
  closingPreview: getEmailAccountsIdClosingPreviewQueryKey({ path: { id: 'sup' }, query: { olderThanDays: 2 } }),
  conversation: getConversationsIdQueryKey({ path: { id: 'c1' } }),
  otherConversation: getConversationsIdQueryKey({ path: { id: 'c2' } }),
  files: getMessagesIdAttachmentsQueryKey({ path: { id: 'm1' } }),
  otherFiles: getMessagesIdAttachmentsQueryKey({ path: { id: 'm2' } }),
  history: getEventsQueryKey({ query: { subject: 'c1' } }),
  otherHistory: getEventsQueryKey({ query: { subject: 'c2' } }),
  drafts: getDraftsQueryKey(),
  submissions: getSubmissionsQueryKey(),
  grants: getGrantsQueryKey(),
  incidents: getIncidentsQueryKey(),
  customer: getConversationsIdCustomerQueryKey({ path: { id: 'c3' } }),
  savedViews: getSavedViewsQueryKey(),
  cannedResponses: getCannedResponsesQueryKey(),
}

function outdatedBy(kind: Event['kind'], subject: string, data: object = {}): string[] {
  const event = { id: 1, kind, account: 'sup', subject, data, time: '2026-03-02T10:00:00Z' } as Event
  return Object.entries(KEYS).flatMap(([name, [head]]) => (isOutdated(head as QueryHead, event) ? [name] : []))
}

describe('an event makes outdated', () => {
  it.each(['message.received', 'message.imported', 'message.flags_changed'] as const)(
    'its conversation and its mailbox, but not the list of mailboxes: %s',
    (kind) => {
      expect(outdatedBy(kind, 'm1', { conversationId: 'c1' })).toEqual(['account', 'conversation', 'files'])
    },
  )

  it('the history of its conversation, and drafts only when they move', () => {
    expect(outdatedBy('conversation.closed', 'c1', { conversationId: 'c1' })).toEqual(['conversation', 'history'])
    expect(outdatedBy('conversation.merged', 'c2', { conversationId: 'c2', merged: 'c1' })).toEqual([
      ...['conversation', 'otherConversation', 'history', 'otherHistory', 'drafts'],
    ])
  })

  it('saved views, canned responses, and the customer of every conversation, because a note is of an address', () => {
    expect(outdatedBy('saved_view.changed', 'v1')).toEqual(['savedViews'])
    expect(outdatedBy('canned_response.deleted', 'r1')).toEqual(['cannedResponses'])
    expect(outdatedBy('customer_note.changed', 'c2')).toEqual(['customer'])
  })

  it('the outbox, and the mailbox of a submission', () => {
    expect(outdatedBy('submission.failed', 's1', { conversationId: null })).toEqual(['account', 'submissions'])
  })

  it('the list of mailboxes when a state changes or an import ends, not at each step of an import', () => {
    expect(outdatedBy('email_account.state_changed', 'sup')).toEqual(['accounts', 'account', 'grants'])
    expect(outdatedBy('email_account.import_progressed', 'sup', { done: false })).toEqual(['account'])
    expect(outdatedBy('email_account.import_progressed', 'sup', { done: true })).toEqual(['accounts', 'account'])
  })

  it('the progress of closing old conversations at its own events alone, and never the number that is confirmed', () => {
    for (const kind of ['email_account.conversations_closed', 'email_account.conversations_reopened'] as const) {
      expect(outdatedBy(kind, 'sup').filter((name) => /closing/i.test(name))).toEqual(['closing'])
    }
  })

  it('grants alone at the hourly refresh, and conversations of a removed mailbox', () => {
    expect(outdatedBy('grant.refreshed', 'g1')).toEqual(['grants'])
    expect(outdatedBy('email_account.removed', 'sup')).toContain('conversation')
  })
})

it('rows change by events of messages, conversations and drafts, for all conversations that these name', () => {
  const data = { conversationId: 'a', into: 'b', by: 'person:x' }
  const changed = (kind: Event['kind']) => listChangedRows({ kind, data } as unknown as Event)
  expect(changed('conversation.superseded')).toEqual(['a', 'b'])
  expect(changed('draft.created')).toEqual(['a', 'b'])
  expect(changed('submission.sent')).toEqual([])
})
