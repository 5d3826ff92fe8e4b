import { parentPort } from 'node:worker_threads'
import { giveWay } from '../kernel/give-way.ts'
import { bodyText, packSourceHere, type MessageBody } from '../mail/index.ts'
import { headerOnly } from './header-only.ts'
import { parseMessage } from './parse-message.ts'
import type { ParsedMessage, ParseHints } from './parsed-message.ts'

export type ReadRequest = { source: Uint8Array; hints: ParseHints } | { body: MessageBody }

export interface ReadByThread {
  id: number
  /** Absent when only a body was read. */
  message?: ParsedMessage
  /** Text of an HTML body, extracted here because the caller needs it and its thread must stay responsive. */
  text: string | undefined
}

/** Thread of `createParser`: parses one message after the other and answers in the same order. */
parentPort!.on('message', ({ id, ...request }: ReadRequest & { id: number }) => {
  if ('body' in request) {
    parentPort!.postMessage({ id, text: bodyText(request.body) } satisfies ReadByThread)
    return
  }
  const { source, hints } = request
  // A separate copy, because small buffers share memory with others.
  const packedSource = new Uint8Array(packSourceHere(source))
  const { message, text } = read(source, hints)
  parentPort!.postMessage({ id, text, message: { ...message, packedSource } } satisfies ReadByThread, [
    packedSource.buffer,
  ])
})

/** Parses a message. A bug of ours makes it unreadable for this message only, and is reported as such. */
function read(source: Uint8Array, hints: ParseHints): { message: ParsedMessage; text: string | undefined } {
  try {
    const message = parseMessage(source, hints)
    return { message, text: message.body.type === 'html' ? bodyText(message.body) : undefined }
  } catch (error) {
    const detail = error instanceof Error ? `${error.name}: ${error.message}`.slice(0, 500) : 'unknown'
    return { message: headerOnly(source, hints, { reason: 'unreadable', detail }), text: undefined }
  }
}

// After loading: the first message waits for that.
giveWay()
parentPort!.postMessage('ready')
