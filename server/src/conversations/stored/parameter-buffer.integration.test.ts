import { sql } from 'kysely'
import { expect, it } from 'vitest'
import { testDatabase } from '../../../test/kit/index.ts'
import { bytesAt, createParameterBuffer, textAt } from './parameter-buffer.ts'

const database = await testDatabase()

it('a parameter buffer returns each text and all bytes unchanged, whatever they contain', async () => {
  const texts = ['', 'Grüße, 日本 😀', '\\x41 {"a":"b",} \'$1', 'x'.repeat(100_000), 'last']
  const bytes = Buffer.from(Array.from({ length: 512 }, (_, n) => n % 256))
  const buffer = createParameterBuffer()
  const places = [...texts, bytes].map((piece) => buffer.put(piece))

  const { rows } = await sql<{ text: string | null; bytes: Buffer }>`
    SELECT CASE WHEN place <= ${texts.length} THEN ${textAt('at', 'bytes')} END AS text, ${bytesAt('at', 'bytes')} AS bytes
    FROM ${buffer.table()}, unnest(${places.map(({ at }) => at)}::integer[], ${places.map((one) => one.bytes)}::integer[])
      WITH ORDINALITY AS row(at, bytes, place) ORDER BY place`.execute(database.db)

  expect(rows.map(({ text }) => text)).toEqual([...texts, null])
  expect(rows.at(-1)!.bytes).toEqual(bytes)
})
