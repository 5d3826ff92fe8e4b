import fc from 'fast-check'
import { expect, it } from 'vitest'
import { NO_FILTER, readFilter, writeFilter } from './filter-query.ts'

it('reads the fields of a query, and keeps the rest as words', () => {
  const query =
    'lamp from:anna subject:"last offer" -draft has:attachment is:unread is:closed -from:carl "red wine" note:x'
  expect(readFilter(query)).toEqual({
    ...NO_FILTER,
    ...{ from: 'anna', subject: 'last offer', without: 'draft', attachment: true, unread: true, status: 'closed' },
    words: 'lamp -from:carl "red wine" note:x',
  })
  expect(readFilter('from:a from:b')).toEqual({ ...NO_FILTER, from: 'a', words: 'from:b' })
})

it('reads what it has written', () => {
  const word = fc.stringMatching(/^[a-z0-9@.]{1,8}$/)
  const text = fc.array(word, { maxLength: 3 }).map((words) => words.join(' '))
  const filter = fc.record({
    ...{ from: text, to: text, subject: text, filename: text, words: text, without: text },
    ...{ after: text, before: text, assignee: text, account: text, tag: text },
    status: fc.constantFrom('', 'open', 'waiting', 'closed' as const),
    ...{ unread: fc.boolean(), attachment: fc.boolean() },
  })
  fc.assert(
    fc.property(filter, (one) => {
      expect(readFilter(writeFilter(one as typeof NO_FILTER))).toEqual(one)
    }),
  )
})
