import { parentPort } from 'node:worker_threads'
import { headerOnly } from './header-only.ts'
import { parseMessage } from './parse-message.ts'
import type { ParsedMessage, ParseHints } from './parsed-message.ts'

/** A thread of `createParser`: reads one message after the other and answers in the same order. */
parentPort!.on('message', ({ id, source, hints }: { id: number; source: Uint8Array; hints: ParseHints }) => {
  parentPort!.postMessage({ id, message: read(source, hints) })
})

/** A mistake of ours costs one message its text, and says so. */
function read(source: Uint8Array, hints: ParseHints): ParsedMessage {
  try {
    return parseMessage(source, hints)
  } catch (error) {
    const detail = error instanceof Error ? `${error.name}: ${error.message}`.slice(0, 500) : 'unknown'
    return headerOnly(source, hints, { reason: 'unreadable', detail })
  }
}

parentPort!.postMessage('ready')
