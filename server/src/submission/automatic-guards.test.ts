import { describe, expect, it } from 'vitest'
import type { RemoteMessage } from '../mail/index.ts'
import { filledIn, recipientOrGuard, toSenderKey } from './automatic-guards.ts'

const NOW = new Date('2026-03-01T09:00:00Z')
const SUPPORT = { name: '', address: 'Support@contoso.example' }
const CARLA = { name: 'Carla', address: 'carla@customer.example' }
const own = ['support@contoso.example', 'sales@contoso.example']
const QUESTION: RemoteMessage = {
  ...{ partial: false, remoteId: 'r', folderRemoteId: 'inbox', messageId: 'm@customer.example' },
  ...{ inReplyTo: [], references: [], remoteConversationId: undefined, subject: 'Kettle', from: CARLA },
  ...{ sender: undefined, to: [SUPPORT], cc: [], bcc: [], replyTo: [], sentAt: NOW, receivedAt: NOW, flags: [] },
  ...{ preview: '', body: { type: 'text', content: '' }, hasAttachments: false, headers: [] },
}

function guardOf(more: Partial<RemoteMessage>, role?: 'inbox' | 'junk' | 'archive', since = NOW) {
  const found = recipientOrGuard({ message: { ...QUESTION, ...more }, role }, { own, since, now: NOW })
  return 'guard' in found ? found.guard : found.to.address
}
const header = (name: string, value: string) => ({ headers: [{ name, value }] })
const from = (address: string) => ({ from: { name: '', address } })

describe('mail that a person wrote to the mailbox', () => {
  it.each([
    ['is answered', {}, CARLA.address],
    ['is answered in a folder of one’s own making', {}, CARLA.address],
    ['is answered where it says', { replyTo: [{ name: '', address: 'c@home.example' }] }, 'c@home.example'],
    ['is answered when it says itself that no machine wrote it', header('Auto-Submitted', 'no'), CARLA.address],
    [
      'is answered when it came to another address of the mailbox',
      { to: [], cc: [{ name: '', address: own[1]! }] },
      CARLA.address,
    ],
  ])('%s', (_what, more, expected) => {
    expect(guardOf(more, 'inbox')).toBe(expected)
    expect(guardOf(more)).toBe(expected)
  })
})

describe('guards against automatic replies', () => {
  it.each([
    ['automatic answers', header('Auto-Submitted', 'auto-replied'), 'automatic'],
    ['what a program made', header('Auto-Submitted', 'auto-generated'), 'automatic'],
    ['bulk mail', header('Precedence', 'bulk'), 'automatic'],
    ['lists', header('List-Id', '<news.example>'), 'automatic'],
    ['newsletters', header('List-Unsubscribe', '<https://news.example>'), 'automatic'],
    ['what has no way back', header('Return-Path', '<>'), 'automatic'],
    ['reports', header('Content-Type', 'multipart/report; report-type=delivery-status'), 'automatic'],
    ['bounces', { marks: { deliveryReport: { originalReferences: [], recipients: [] } } }, 'automatic'],
    ['receipts', { marks: { readReceipt: { disposition: 'displayed' } } }, 'automatic'],
    ['what could not be read', { marks: { quarantine: { reason: 'too_slow' as const, detail: '' } } }, 'automatic'],
    ['what wants none', header('X-Auto-Response-Suppress', 'DR, RN, NRN, OOF, AutoReply'), 'suppressed'],
    ['what wants none at all', header('X-Auto-Response-Suppress', 'All'), 'suppressed'],
    ['what nobody wrote', { from: undefined }, 'no-sender'],
    ['a sender that is no address', from('carla'), 'no-sender'],
    ['noreply', from('noreply@shop.example'), 'no-reply-address'],
    ['no-reply with more', from('no-reply+42@shop.example'), 'no-reply-address'],
    ['do_not_reply', from('Do_Not_Reply@shop.example'), 'no-reply-address'],
    ['the mailer daemon', from('MAILER-DAEMON@mx.example'), 'no-reply-address'],
    ['bounce addresses', from('bounces+carla=customer@list.example'), 'no-reply-address'],
    [
      'where an answer is to go nowhere',
      { replyTo: [{ name: '', address: 'noreply@shop.example' }] },
      'no-reply-address',
    ],
    ['a forged sender', { marks: { authentication: { authServId: 'mx', verdict: 'fail' as const } } }, 'sender-failed'],
    ['ourselves', from('SALES@contoso.example'), 'one-of-ours'],
    ['what is to be answered to ourselves', { replyTo: [SUPPORT] }, 'one-of-ours'],
    ['what came in secret', { to: [CARLA] }, 'not-addressed'],
    ['what is a day old', { receivedAt: new Date('2026-02-27T09:00:00Z') }, 'old'],
  ])('reject %s', (_what, more, expected) => {
    expect(guardOf(more, 'inbox', new Date('2026-02-01T00:00:00Z'))).toBe(expected)
  })

  it('reject mail outside the inbox and mail received before the reply was enabled', () => {
    expect(guardOf({}, 'junk')).toBe('folder')
    expect(guardOf({}, 'archive')).toBe('folder')
    expect(guardOf({}, 'inbox', new Date(NOW.getTime() + 1))).toBe('old')
  })
})

it('senders are identified without the changing part of their address', () => {
  expect(toSenderKey({ name: '', address: 'Robot+1@shop.example' })).toBe(
    toSenderKey({ name: '', address: 'robot+2@Shop.example' }),
  )
})

it('values from the sender are inserted as one line without links', () => {
  const values = { name: 'Buy at https://spam.example/x now', subject: 'a\r\nBcc: b', mailbox: '{name}' }
  expect(filledIn('{name}: {subject} from {mailbox} {other}', values)).toBe(
    'Buy at … now: a Bcc: b from {name} {other}',
  )
})
