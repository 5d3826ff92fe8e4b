import { parentPort } from 'node:worker_threads'
import { bodyText, packSourceHere, type MessageBody } from '../mail/index.ts'
import { headerOnly } from './header-only.ts'
import { parseMessage } from './parse-message.ts'
import type { ParsedMessage, ParseHints } from './parsed-message.ts'

export type ReadRequest = { source: Uint8Array; hints: ParseHints } | { body: MessageBody }

export interface ReadByThread {
  id: number
  /** Absent when a body alone was read. */
  message?: ParsedMessage
  /** Of a body in HTML: whoever stores the message wants it, and has other things to do than to read it. */
  text: string | undefined
}

/** A thread of `createParser`: reads one message after the other and answers in the same order. */
parentPort!.on('message', ({ id, ...request }: ReadRequest & { id: number }) => {
  if ('body' in request) {
    parentPort!.postMessage({ id, text: bodyText(request.body) } satisfies ReadByThread)
    return
  }
  const { source, hints } = request
  // A copy of its own, because what is small lies among others.
  const packedSource = new Uint8Array(packSourceHere(source))
  const { message, text } = read(source, hints)
  parentPort!.postMessage({ id, text, message: { ...message, packedSource } } satisfies ReadByThread, [
    packedSource.buffer,
  ])
})

/** A mistake of ours costs one message its text, and says so. */
function read(source: Uint8Array, hints: ParseHints): { message: ParsedMessage; text: string | undefined } {
  try {
    const message = parseMessage(source, hints)
    return { message, text: message.body.type === 'html' ? bodyText(message.body) : undefined }
  } catch (error) {
    const detail = error instanceof Error ? `${error.name}: ${error.message}`.slice(0, 500) : 'unknown'
    return { message: headerOnly(source, hints, { reason: 'unreadable', detail }), text: undefined }
  }
}

parentPort!.postMessage('ready')
