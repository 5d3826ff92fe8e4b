import { expect, it } from 'vitest'
import type { Submission } from '../api/client.ts'
import { canStoreCopy, sentCopyState } from './copy-state.ts'

const sent = (code?: string, state: Submission['state'] = 'sent') => ({
  state,
  ...(code !== undefined && { why: { code, title: '', remedy: 'admin' as const, scope: 'mailbox' as const, fix: '' } }),
})

it('offers to store a copy that is missing or late', () => {
  expect(sentCopyState(sent('submission.no_copy_in_sent'))).toBe('missing')
  expect(canStoreCopy(sent('submission.no_copy_in_sent'))).toBe(true)
  expect(canStoreCopy(sent('transports.imap_refused', 'handed-over'))).toBe(true)
  expect(canStoreCopy(sent())).toBe(false)
})

it('shows a missing copy that Postkey does not store, without an action', () => {
  expect(sentCopyState(sent('submission.copy_left_to_server'))).toBe('missing')
  expect(canStoreCopy(sent('submission.copy_left_to_server'))).toBe(false)
})
