import { once } from 'node:events'
import { PassThrough, Readable } from 'node:stream'
import { ZipFile } from 'yazl'
import type { MessageHead } from '../../conversations/index.ts'
import { AppError } from '../../kernel/errors.ts'
import { uniqueNames } from '../messages/download-attachments.ts'
import { TEXTS } from '../texts.ts'

type Source = Buffer | AsyncIterable<Uint8Array>
type Archived = Pick<MessageHead, 'subject' | 'from' | 'receivedAt'>

const LONGEST_NAME = 100
/** Characters that Windows refuses in a file name, besides those that `uniqueNames` replaces. */
const UNSAFE = /["*?<>|]/g

/**
 * Starts a ZIP file of message sources, oldest first. One source at a time is read and in memory. Sources that no longer
 * exist, and those after `mostBytes`, are named in a text file instead.
 *
 * @param open  throws `conversations.source_gone` for a source that no longer exists
 * @throws AppError the error of the first source, so that an unavailable mailbox gets an error response;
 *   `conversations.source_gone` when no source exists
 */
export async function archiveSources<M extends Archived>(
  messages: readonly M[],
  open: (message: M) => Promise<Source>,
  mostBytes: number,
): Promise<Readable> {
  const names = uniqueNames(messages.map(nameOf))
  const zip = new ZipFile()
  const missing: string[] = []
  let [next, bytes] = [0, 0]
  const first = await openNext()
  if (!first) throw new AppError('conversations.source_gone')
  const out = zip.outputStream.pipe(new PassThrough())
  let current: Readable | undefined
  // The library emits errors of its sources, too, which no listener would turn into the end of the process.
  zip.on('error', (error: Error) => out.destroy(error))
  // The recipient has gone: nothing more is read from the mailbox.
  out.once('close', () => current?.destroy())
  void fill(first).catch((error: unknown) => out.destroy(error as Error))
  return out

  async function fill(begun: Opened): Promise<void> {
    for (let opened: Opened | undefined = begun; opened && !out.destroyed; opened = await openNext()) {
      current = Readable.from(counted(opened.source))
      zip.addReadStream(current, opened.name, { mtime: opened.message.receivedAt })
      // Rejects with the error of the source.
      await once(current, 'close')
      if (!current.readableEnded) return
    }
    if (missing.length > 0) zip.addBuffer(textOf(missing), TEXTS.notArchivedName)
    zip.end()
  }

  interface Opened {
    message: M
    name: string
    source: Source
  }

  async function openNext(): Promise<Opened | undefined> {
    while (next < messages.length) {
      const [message, name] = [messages[next]!, names[next]!]
      next++
      if (bytes < mostBytes) {
        const source = await open(message).catch((error: unknown) => {
          if (AppError.from(error).code === 'conversations.source_gone') return undefined
          throw error
        })
        if (source) return { message, name, source }
      }
      missing.push(name)
    }
    return undefined
  }

  async function* counted(source: Source): AsyncIterable<Uint8Array> {
    for await (const piece of Buffer.isBuffer(source) ? [source] : source) {
      bytes += piece.length
      yield piece
    }
  }
}

function textOf(missing: readonly string[]): Buffer {
  return Buffer.from([TEXTS.notArchived, '', ...missing, ''].join('\r\n'))
}

/** Number, day, sender and subject, such as `003 2026-07-01 Kim - Lamp.eml`, so that names have the order of the mail. */
function nameOf({ subject, from, receivedAt }: Archived, index: number): string {
  const day = receivedAt.toISOString().slice(0, 10)
  const sender = from?.name.trim() || (from?.address ?? '')
  const title = [`${String(index + 1).padStart(3, '0')} ${day} ${sender}`.trim(), subject || TEXTS.noSubject].join(
    ' - ',
  )
  return `${title.slice(0, LONGEST_NAME).trim().replaceAll(UNSAFE, '_')}.eml`
}
