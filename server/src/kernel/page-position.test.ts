import { expect, it } from 'vitest'
import { formatPagePosition, parsePagePosition } from './page-position.ts'

const id = '01a229d6-d582-76a9-8f57-7eb88c19c5a6'

it.each(['2026-11-30 00:24:34.946123+00', '2024-02-29 23:59:59-03:30'])('keeps a position at %s', (at) => {
  expect(parsePagePosition(formatPagePosition({ at, id }))).toEqual({ at, id })
})

it.each(['1', '2026-02-31 00:00:00+00', '2026-13-01 00:00:00+00', '2026-11-30 24:00:00+00', '2026-11-30', 'now'])(
  'refuses a position at %s, which the database would refuse',
  (at) => expect(parsePagePosition(formatPagePosition({ at, id }))).toBeUndefined(),
)

it.each(['', 'abc', Buffer.from('["2026-11-30 00:00:00+00","1"]').toString('base64url'), 'bnVsbA'])(
  'refuses %s',
  (text) => expect(parsePagePosition(text)).toBeUndefined(),
)
