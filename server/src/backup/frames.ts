import { AppError } from '../kernel/errors.ts'
import { FIRST_FRAME, LAST_FRAME } from './format.ts'

/** Puts compressed text between the frames by which a backup is recognized. */
export async function* withFrames(compressed: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  yield FIRST_FRAME
  yield* compressed
  yield LAST_FRAME
}

/**
 * Removes the frames.
 *
 * @throws {AppError} `backup.not_a_backup` without the first one, `backup.damaged` without the last one
 */
export async function* withoutFrames(content: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  let kept: Buffer = Buffer.alloc(0)
  let isBegun = false
  for await (const chunk of content) {
    kept = Buffer.concat([kept, chunk])
    if (!isBegun) {
      if (kept.length < FIRST_FRAME.length) continue
      requireFirst(kept)
      kept = kept.subarray(FIRST_FRAME.length)
      isBegun = true
    }
    // The end of the chunk may be the last frame.
    const end = Math.max(0, kept.length - LAST_FRAME.length)
    if (end > 0) yield kept.subarray(0, end)
    kept = kept.subarray(end)
  }
  if (!isBegun) requireFirst(kept)
  if (!kept.equals(LAST_FRAME)) {
    throw new AppError('backup.damaged', { cause: new Error('The end of the file is missing') })
  }
}

function requireFirst(begin: Buffer): void {
  if (!begin.subarray(0, FIRST_FRAME.length).equals(FIRST_FRAME)) throw new AppError('backup.not_a_backup')
}
