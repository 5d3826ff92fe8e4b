import { expect, it } from 'vitest'
import { otherSubject } from './other-subject.ts'

it.each([
  ['Where is my order', undefined],
  ['Re: AW: where is my order', undefined],
  ['', undefined],
  ['Something else entirely', 'Something else entirely'],
  ['Re: Something else', 'Re: Something else'],
])('a different subject: “%s” in “Fwd: Where is my order” is shown: %s', (subject, shown) => {
  expect(otherSubject(subject, 'Fwd: Where is my order')).toBe(shown)
})
