import { AppError } from '../kernel/errors.ts'
import { END_OF_ROWS, LONGEST_LINE_BYTES } from './format.ts'

const LINE_END = 0x0a
const AFTER_ROWS = Buffer.from(`\n${END_OF_ROWS}`)

/** Reads the text of a backup in the order of its parts, with memory for two chunks of `source` or one line. */
export interface LineReader {
  /** Next line without its end. */
  line(): Promise<Buffer>
  /** Rows up to the line that ends them, in chunks of any size. */
  rows(): AsyncGenerator<Buffer, void, undefined>
  /** @throws {AppError} `backup.damaged` if anything follows */
  end(): Promise<void>
}

/** @throws {AppError} in all methods: `backup.damaged` when `source` fails or ends too early */
export function createLineReader(source: AsyncIterable<Buffer>): LineReader {
  const chunks = source[Symbol.asyncIterator]() as AsyncIterator<Buffer, undefined>
  let rest: Buffer = Buffer.alloc(0)

  async function next(): Promise<Buffer | undefined> {
    try {
      const chunk = await chunks.next()
      return chunk.done ? undefined : chunk.value
    } catch (cause) {
      if (cause instanceof AppError || (cause instanceof Error && cause.name === 'AbortError')) throw cause
      throw new AppError('backup.damaged', { cause })
    }
  }

  async function nextOrFail(): Promise<Buffer> {
    const chunk = await next()
    if (!chunk) throw new AppError('backup.damaged', { cause: new Error('The file ends too early') })
    return chunk
  }

  async function line(): Promise<Buffer> {
    let end = rest.indexOf(LINE_END)
    while (end < 0) {
      if (rest.length > LONGEST_LINE_BYTES)
        throw new AppError('backup.damaged', { cause: new Error('A line is too long') })
      const searched = rest.length
      rest = Buffer.concat([rest, await nextOrFail()])
      end = rest.indexOf(LINE_END, searched)
    }
    const found = rest.subarray(0, end)
    rest = rest.subarray(end + 1)
    return found
  }

  async function* rows() {
    // The end of the previous line is put before the rows again, so that a table without rows ends like any other.
    let ahead: Buffer = Buffer.concat([Buffer.of(LINE_END), rest])
    let passed = 1
    for (;;) {
      const end = ahead.indexOf(AFTER_ROWS)
      if (end >= 0) {
        if (end + 1 > passed) yield ahead.subarray(passed, end + 1)
        rest = ahead.subarray(end + AFTER_ROWS.length)
        return
      }
      // The end may be cut by the end of the chunk: its beginning is kept. Most chunks are passed on without a copy.
      const kept = ahead.length - beginOfEnd(ahead)
      if (kept > passed) yield ahead.subarray(passed, kept)
      passed = Math.max(0, passed - kept)
      const more = await nextOrFail()
      ahead = kept === ahead.length ? more : Buffer.concat([ahead.subarray(kept), more])
    }
  }

  return {
    line,
    rows,
    async end() {
      if (rest.length > 0 || (await next())) {
        throw new AppError('backup.damaged', { cause: new Error('Something follows the end of the backup') })
      }
    },
  }
}

/** Number of bytes at the end of `text` with which the end of rows may begin. */
function beginOfEnd(text: Buffer): number {
  for (let length = Math.min(AFTER_ROWS.length - 1, text.length); length > 0; length--) {
    if (AFTER_ROWS.subarray(0, length).equals(text.subarray(text.length - length))) return length
  }
  return 0
}
