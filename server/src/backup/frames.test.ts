import fc from 'fast-check'
import { expect, it } from 'vitest'
import { FIRST_FRAME, LAST_FRAME } from './format.ts'
import { withFrames, withoutFrames } from './frames.ts'

it('returns the content between the frames, however the file is cut into chunks', async () => {
  await fc.assert(
    fc.asyncProperty(fc.uint8Array({ maxLength: 200 }), fc.integer({ min: 1, max: 50 }), async (content, size) => {
      const file = await join(withFrames(chunksOf(Buffer.from(content), 50)))
      expect(await join(withoutFrames(chunksOf(file, size)))).toEqual(Buffer.from(content))
    }),
  )
})

it.each<[string, Buffer, string]>([
  ['the first frame', Buffer.concat([Buffer.from('content'), LAST_FRAME]), 'backup.not_a_backup'],
  ['everything', Buffer.alloc(0), 'backup.not_a_backup'],
  ['the last frame', Buffer.concat([FIRST_FRAME, Buffer.from('content')]), 'backup.damaged'],
  ['the end of the last frame', Buffer.concat([FIRST_FRAME, LAST_FRAME.subarray(0, -1)]), 'backup.damaged'],
])('refuses a file without %s', async (_what, file, code) => {
  await expect(join(withoutFrames(chunksOf(file, 5)))).rejects.toMatchObject({ code })
})

async function* chunksOf(content: Buffer, size: number): AsyncGenerator<Buffer> {
  for (let at = 0; at < content.length; at += size) yield content.subarray(at, at + size)
}

async function join(chunks: AsyncIterable<Buffer>): Promise<Buffer> {
  const parts: Buffer[] = []
  for await (const chunk of chunks) parts.push(chunk)
  return Buffer.concat(parts)
}
