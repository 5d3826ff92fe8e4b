import { expect, it } from 'vitest'
import { afterOtherTarget, textOf, type NoticeText } from './notice-text.ts'

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
