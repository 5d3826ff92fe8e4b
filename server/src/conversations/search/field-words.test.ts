import { expect, it } from 'vitest'
import { fieldVector, splitWords } from './field-words.ts'

it('cuts a long word without leaving half of a character, which PostgreSQL rejects', () => {
  const [word] = splitWords(`a${'𝐀'.repeat(40)}`)
  expect(word).toMatch(/^a𝐀{29}/u)
  expect(word!.isWellFormed()).toBe(true)
})

it('keeps the words of the subject of a message to many people', () => {
  const to = Array.from({ length: 3_000 }, (_, n) => `person${n}`)
  expect(fieldVector({ to, subject: ['Invoice'] })).toMatch(/'s=invoice':\d+/)
})
