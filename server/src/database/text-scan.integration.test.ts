import { sql } from 'kysely'
import { expect, it } from 'vitest'
import { testDatabase } from '../../test/kit/index.ts'
import { scanTexts, searchedTexts, type TextScan } from './text-scan.ts'

const { db } = await testDatabase()
const NOTES: TextScan = {
  ...{ table: 'customer_notes', key: { column: 'address', type: 'text' }, columns: ['body'], action: 'count' },
}

it('a page of a scan has a bounded number of bytes, and no row is left out', async () => {
  // Hashes hardly compress: about 100 kB a row.
  await sql`INSERT INTO customer_notes SELECT 'kim' || n || '@customer.example',
      (SELECT string_agg(md5(n || '-' || part), '') FROM generate_series(1, 3000) AS part) || ' anna@fabrikam.example', 1, 'p', now()
    FROM generate_series(1, 6) AS n`.execute(db)
  const texts = searchedTexts(['anna@fabrikam.example'])
  const pages: number[] = []
  const found: string[] = []
  let after: string | undefined
  do {
    const page = await scanTexts(db, NOTES, texts, after, { rows: 4, bytes: 200_000 })
    pages.push(page.keys.length)
    found.push(...page.keys)
    after = page.next
  } while (after !== undefined)
  expect(found.toSorted()).toEqual([1, 2, 3, 4, 5, 6].map((n) => `kim${n}@customer.example`))
  expect(Math.max(...pages)).toBeLessThan(4)
  // A row that is larger than a page is a page of its own.
  expect((await scanTexts(db, NOTES, texts, undefined, { rows: 4, bytes: 1 })).keys).toHaveLength(1)
})

it.each([1, 9])('finds an address, and no longer one, among %s texts', async (count) => {
  const texts = searchedTexts([
    'anna@fabrikam.example',
    ...Array.from({ length: count - 1 }, (_, n) => `other${n}@x.example`),
  ])
  const matches = async (text: string) => {
    const { rows } = await sql<{ is: boolean }>`SELECT ${text}::text ~* ${texts.expression} AS is`.execute(db)
    return rows[0]!.is
  }
  const found = ['anna@fabrikam.example', '<ANNA@fabrikam.example>.', String.raw`a\nanna@fabrikam.example`, String.raw`x\u0001anna@fabrikam.example`] // prettier-ignore
  const dots = ['to...anna@fabrikam.example', '/anna@fabrikam.example', ' -anna@fabrikam.example']
  const longer = ['xanna@fabrikam.example', 'x.anna@fabrikam.example', 'x-anna@fabrikam.example', 'anna@fabrikam.example.org', 'anna@fabrikam.example-x'] // prettier-ignore
  expect(await Promise.all([...found, ...dots].map(matches))).toEqual([...found, ...dots].map(() => true))
  expect(await Promise.all(longer.map(matches))).toEqual(longer.map(() => false))
})
