import type { ImapEntry, MailStore } from '../mail-store/index.ts'
import { type MimePart, readMimeTree } from './mime-tree.ts'

/** A message as IMAP serves it: its bytes, and its parts, which are parsed on first access. */
export interface MimeDocument {
  bytes: Buffer
  tree(): MimePart
}

export interface MimeSource {
  of(entry: Pick<ImapEntry, 'key' | 'changeKey'>): Promise<MimeDocument>
}

const MOST_KEPT_BYTES = 64 * 1024 * 1024

/**
 * Provides the MIME of messages and caches the last used ones, because clients fetch one message in pieces and
 * composing from parts is repeated otherwise. A changed message has a new entry, so the cache is never stale.
 */
export function createMimeSource(mailStore: MailStore): MimeSource {
  const kept = new Map<string, MimeDocument>()
  let bytes = 0

  function drop(name: string): void {
    bytes -= kept.get(name)?.bytes.length ?? 0
    kept.delete(name)
  }

  return {
    async of({ key, changeKey }) {
      const name = `${key} ${changeKey}`
      let found = kept.get(name)
      if (!found) {
        const mime = await mailStore.mime({ key })
        found = documentOf(Buffer.from(mime.buffer, mime.byteOffset, mime.byteLength))
        if (!kept.has(name)) bytes += found.bytes.length
      }
      kept.delete(name)
      kept.set(name, found)
      while (bytes > MOST_KEPT_BYTES && kept.size > 1) drop(kept.keys().next().value!)
      return found
    },
  }
}

function documentOf(bytes: Buffer): MimeDocument {
  let tree: MimePart | undefined
  return { bytes, tree: () => (tree ??= readMimeTree(bytes)) }
}
