import { sql } from 'kysely'
import { expect, it } from 'vitest'
import { testDatabase } from '../../../test/kit/index.ts'
import { withoutRepeatedWords } from './repeated-words.ts'
import { messageCondition } from './message-condition.ts'

const database = await testDatabase()

const TOKENS =
  'order order Order order, order. e-mail e mail kim@customer.example kim customer example https://a.example/order/7 a /usr/order 12 -5 1e5 v1.2 v 3 straße Straße naïve nai\u0308ve привет 注文 注文書 😀 &amp; amp < <b </b> <!-- --> x> it’s its foo_bar foo bar'.split(
    ' ',
  )
const SPACES = [' ', '\n', '\t', '\r\n', '  ', '\u00a0', '\u2003', '\u200b']

/** Texts that are the same each time. */
function createTexts(count: number): string[] {
  let state = 7
  const pick = <T>(from: readonly T[]): T => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648
    return from[Math.floor((state / 2_147_483_648) * from.length)]!
  }
  return Array.from({ length: count }, (_, n) => {
    // Three quarters without tags.
    const tokens = n % 4 === 0 ? TOKENS : TOKENS.filter((token) => !token.includes('<'))
    return Array.from({ length: 40 }, () => pick(tokens) + (n % 2 ? ' ' : pick(SPACES))).join('')
  })
}

it('text without repeated words is found by the same words', async () => {
  const texts = createTexts(240)
  const shortened = texts.map(withoutRepeatedWords)
  const { rows } = await sql<{ text: string; words: string[]; left: string[] }>`
    SELECT text, tsvector_to_array(to_tsvector('simple', text)) AS words,
      tsvector_to_array(to_tsvector('simple', shortened)) AS left
    FROM unnest(${texts}::text[], ${shortened}::text[]) AS given(text, shortened)`.execute(database.db)
  expect(rows).toHaveLength(240)
  for (const { text, words, left } of rows) expect({ text, words: left }).toEqual({ text, words })

  for (const token of TOKENS) {
    if (!/[\p{L}\p{N}]/u.test(token)) continue
    const term = { kind: 'text', field: 'body', text: token, isPhrase: false, isNegated: false } as const
    const query = messageCondition([term], 'all')?.query
    if (!query) continue
    const lost = await sql<{ text: string }>`SELECT text
      FROM unnest(${texts}::text[], ${shortened}::text[]) AS given(text, shortened)
      WHERE strpos(text, ${token}) > 0 AND to_tsvector('simple', text) @@ ${query}
        AND NOT to_tsvector('simple', shortened) @@ ${query}`.execute(database.db)
    expect({ token, lost: lost.rows }).toEqual({ token, lost: [] })
  }
})

it('a repeated word is removed, with the space behind it', () => {
  expect(withoutRepeatedWords('one two one two three\none, two one 7 two')).toBe('one two three\none, two 7 two')
  expect(withoutRepeatedWords('one two one <b two>')).toBe('one two one <b two>')
})
