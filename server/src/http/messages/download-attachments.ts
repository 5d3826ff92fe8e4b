import { PassThrough, Readable } from 'node:stream'
import { ZipFile } from 'yazl'
import type { StoredMessageId } from '../../kernel/ids.ts'
import { cleanFileName } from '../../mail/index.ts'
import { attachmentBytes } from '../attachments/bytes-of.ts'
import { formatDisposition } from '../attachments/download.ts'
import { idParam } from '../ids.ts'
import { members } from '../permit.ts'
import type { Rooms } from '../rooms.ts'
import { otherRoute } from '../route.ts'
import { whose } from '../whose.ts'
import { readAttachments } from './read-attachments.ts'

/** Exchange's limit for one message. */
const MOST_BYTES = 150 * 1024 * 1024

/** Streams all files of a message, one after the other, so that only one of them is in memory. */
export const downloadAttachments = (rooms: Rooms) =>
  otherRoute({
    at: 'GET /v1/messages/:id/attachments.zip',
    summary: 'Downloads all attachments of a message as one ZIP file, except links to cloud files.',
    authenticate: 'person-or-key',
    permit: members('mail:read'),
    whose: ({ params }) => whose(rooms).ofMessage(params.id),
    validate: { params: idParam<StoredMessageId>() },
    act: async ({ params }) => {
      const message = await rooms.conversations.messages.get(params.id)
      const files = (await readAttachments(rooms, message)).filter(({ kind }) => kind !== 'link')
      const bytesOf = await attachmentBytes(rooms, message)
      const zip = new ZipFile()
      const names = uniqueNames(files.map(({ name }) => name))
      // The first one begins before the response, so that an unavailable mailbox gets an error response.
      const [first] = files
      const begun = first && (await beginning(bytesOf(first, MOST_BYTES)))
      for (const [at, file] of files.entries()) {
        // Stored without compression: most attachments are compressed already.
        zip.addReadStreamLazy(names[at]!, { compress: false, mtime: message.receivedAt }, (done) => {
          const content = Readable.from(file === first && begun ? begun : bytesOf(file, MOST_BYTES))
          // The library passes on errors of its own only.
          content.on('error', (error) => zip.emit('error', error))
          done(null, content)
        })
      }
      zip.end()
      return { name: `${cleanFileName(message.subject).slice(0, 100) || 'attachments'}.zip`, zip }
    },
    present: {
      status: 200,
      contentType: 'application/zip',
      send: ({ name, zip }, reply) => {
        const out = zip.outputStream.pipe(new PassThrough())
        // A file that can't be read ends the response without its end mark: the browser reports a failed download.
        zip.on('error', (error: Error) => out.destroy(error))
        return reply
          .header('content-disposition', formatDisposition(name))
          .header('content-security-policy', "default-src 'none'; sandbox")
          .send(out)
      },
    },
  })

/** Waits for the first bytes. @returns all bytes */
async function beginning(bytes: AsyncIterable<Uint8Array>): Promise<AsyncIterable<Uint8Array>> {
  const iterator = bytes[Symbol.asyncIterator]()
  const first = await iterator.next()
  return (async function* () {
    for (let next = first; !next.done; next = await iterator.next()) yield next.value
  })()
}

/** File names without folders, each once. */
export function uniqueNames(names: readonly string[]): string[] {
  const taken = new Set<string>()
  return names.map((name) => {
    const clean =
      cleanFileName(name.toWellFormed())
        .replaceAll(/[/\\:]/g, '_')
        .replace(/^\.+/, '_') || 'attachment'
    const [, stem = clean, extension = ''] = /^(.+?)(\.[^.]{1,20})?$/s.exec(clean) ?? []
    let unique = clean
    for (let n = 2; taken.has(unique.toLowerCase()); n++) unique = `${stem} (${n})${extension}`
    taken.add(unique.toLowerCase())
    return unique
  })
}
