import { expect, it } from 'vitest'
import { afterOtherTarget, noticeValues, textOf, type NoticeText } from './notice-text.ts'

const text = 'Write to {{mailbox.address}}.'
const canned = { id: 'c', text, html: `<p>${text}</p>` }
const SALES = { 'mailbox.address': 'sales@contoso.example' }
const BILLING = { 'mailbox.address': 'billing@contoso.example' }

it('fills a canned response again when another mailbox is chosen', () => {
  const notice: NoticeText = { canned }

  expect(textOf(notice, SALES)).toBe('Write to sales@contoso.example.')
  expect(textOf(notice, undefined)).toBe('')
  expect(afterOtherTarget(notice)).toEqual(notice)
  expect(textOf(afterOtherTarget(notice), BILLING)).toBe('Write to billing@contoso.example.')
})

it('keeps text changed by hand, but no longer as that of the canned response', () => {
  const changed = { canned, typed: 'Write to sales@contoso.example, please.' }

  expect(afterOtherTarget(changed)).toEqual({ typed: changed.typed, isOutdated: true })
  expect(textOf(afterOtherTarget(changed), BILLING)).toBe(changed.typed)
  expect(afterOtherTarget({ typed: 'Hello.' })).toEqual({ typed: 'Hello.' })
})

it('stays empty, so that it is not sent with gaps, until the sender names and the recipient are loaded', () => {
  const identities = [{ name: 'Sales', address: SALES['mailbox.address'], isDefault: true }]
  const others = { agent: { name: 'Olga' }, subject: 'Kettle' }
  const notice = (identitiesNow: typeof identities | undefined, recipient: { name: string } | null | undefined) =>
    textOf({ canned }, noticeValues({ identities: identitiesNow, recipient }, others))

  expect(notice(undefined, { name: 'Kim' })).toBe('')
  expect(notice(identities, undefined)).toBe('')
  expect(notice(identities, null)).toBe('Write to sales@contoso.example.')
})
