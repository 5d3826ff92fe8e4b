import fc from 'fast-check'
import { expect, it } from 'vitest'
import { createLineReader } from './line-reader.ts'

/** Pieces of which the end of rows, and texts like it, consist. */
const Text = fc
  .array(fc.constantFrom('\\', '.', '\n', 'a', '\\\\.', '\n\\', 'row\n'), { maxLength: 12 })
  .map((parts) => `${parts.join('')}\n`.replaceAll(/^\\\.$/gm, '\\N'))

it('finds the end of rows, however the text is cut into chunks', async () => {
  const Tables = fc.array(fc.oneof(fc.constant(''), Text), { maxLength: 4 })
  await fc.assert(
    fc.asyncProperty(Tables, fc.infiniteStream(fc.integer({ min: 1, max: 7 })), async (tables, sizes) => {
      const text = tables.map((rows) => `start\n${rows}\\.\nend\n`).join('')
      const reader = createLineReader(chunksOf(text, sizes))
      for (const rows of tables) {
        expect((await reader.line()).toString()).toBe('start')
        expect(await read(reader.rows())).toBe(rows)
        expect((await reader.line()).toString()).toBe('end')
      }
      await reader.end()
    }),
  )
})

it.each(['', 'start', 'start\nrow\n', 'start\nrow\n\\', 'start\n\\.'])(
  'reports a text that ends early: %j',
  async (text) => {
    const reader = createLineReader(chunksOf(text, [3, 1].values()))
    const whole = async () => {
      await reader.line()
      await read(reader.rows())
    }
    await expect(whole()).rejects.toMatchObject({ code: 'backup.damaged' })
  },
)

async function* chunksOf(text: string, sizes: Iterator<number>): AsyncGenerator<Buffer> {
  for (let at = 0; at < text.length;) {
    const size = sizes.next().value as number | undefined
    yield Buffer.from(text.slice(at, at + (size ?? 1)))
    at += size ?? 1
  }
}

async function read(rows: AsyncIterable<Buffer>): Promise<string> {
  let text = ''
  for await (const chunk of rows) text += chunk.toString()
  return text
}
