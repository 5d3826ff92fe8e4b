import type { Readable } from 'node:stream'
import type { MessageHead } from '../../conversations/index.ts'
import { AppError } from '../../kernel/errors.ts'
import { streamZip, type ZipEntry, type ZipSource } from '../messages/stream-zip.ts'
import { uniqueNames } from '../messages/unique-names.ts'
import { TEXTS } from '../texts.ts'

type Archived = Pick<MessageHead, 'subject' | 'from' | 'receivedAt'>

const LONGEST_NAME = 100
/** Characters that Windows refuses in a file name, besides those that `uniqueNames` replaces. */
const UNSAFE = /["*?<>|]/g

/**
 * Starts a ZIP file of message sources, oldest first. Sources that no longer exist, and those after `mostBytes`, are named
 * in a text file instead, which also reports that older messages are left out (`isCut`).
 *
 * @param open  throws `conversations.source_gone` for a source that no longer exists
 * @throws AppError the error of the first source, so that an unavailable mailbox gets an error response;
 *   `conversations.source_gone` when no source exists
 */
export function archiveSources<M extends Archived>(
  messages: readonly M[],
  open: (message: M) => Promise<ZipSource>,
  { mostBytes, isCut }: { mostBytes: number; isCut: boolean },
): Promise<Readable> {
  const digits = Math.max(3, String(messages.length).length)
  const names = uniqueNames(messages.map((message, index) => nameOf(message, String(index + 1).padStart(digits, '0'))))
  const missing: string[] = []
  return streamZip(entries())

  /** Lazy, because the text file depends on the entries before it. */
  function* entries(): Iterable<ZipEntry> {
    for (const [at, message] of messages.entries()) {
      const name = names[at]!
      yield {
        name,
        mtime: message.receivedAt,
        open: async (bytesBefore) => {
          const source = bytesBefore < mostBytes ? await openExisting(message) : undefined
          if (!source) missing.push(name)
          return source
        },
      }
    }
    if (missing.length === messages.length) throw new AppError('conversations.source_gone')
    if (missing.length === 0 && !isCut) return
    yield { name: TEXTS.notArchivedName, open: () => Promise.resolve(textOf(missing, isCut)) }
  }

  function openExisting(message: M): Promise<ZipSource | undefined> {
    return open(message).catch((error: unknown) => {
      if (AppError.from(error).code === 'conversations.source_gone') return undefined
      throw error
    })
  }
}

function textOf(missing: readonly string[], isCut: boolean): Buffer {
  const parts = [...(isCut ? [[TEXTS.archiveCut]] : []), ...(missing.length > 0 ? [[TEXTS.notArchived], missing] : [])]
  return Buffer.from(parts.map((lines) => [...lines, ''].join('\r\n')).join('\r\n'))
}

/** Number, day, sender and subject, such as `003 2026-07-01 Kim - Lamp.eml`, so that names have the order of the mail. */
function nameOf({ subject, from, receivedAt }: Archived, number: string): string {
  const day = receivedAt.toISOString().slice(0, 10)
  const sender = from?.name.trim() || (from?.address ?? '')
  const title = [`${number} ${day} ${sender}`.trim(), subject || TEXTS.noSubject].join(' - ')
  return `${title.slice(0, LONGEST_NAME).trim().replaceAll(UNSAFE, '_')}.eml`
}
