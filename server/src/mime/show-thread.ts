import { parentPort } from 'node:worker_threads'
import {
  messageText,
  prepareOutgoing,
  createExcerpt,
  quoteForForward,
  quoteForReply,
  viewMessage,
  type AnsweredMessage,
  type MarkedWords,
  type MessageBody,
  type MessageText,
  type MessageView,
  type OutgoingHtml,
  type Quotation,
  type QuotationStyle,
} from '../mail/index.ts'
import { Findings } from './bounds.ts'
import { readHeader, toBuffer, type HeaderField } from './header.ts'
import { readPart } from './read-part.ts'

export type ShowRequest =
  | { kind: 'view'; body: MessageBody }
  | { kind: 'reply' | 'forward'; message: AnsweredMessage; style: QuotationStyle }
  | { kind: 'outgoing'; html: string }
  | { kind: 'excerpts'; bodies: readonly MessageBody[]; marked: readonly MarkedWords[] }
  | { kind: 'texts'; bodies: readonly MessageBody[]; longest: number }
  | { kind: 'header'; source: Uint8Array }
  | { kind: 'part'; source: Uint8Array<SharedArrayBuffer>; number: string }

/** Result of a display thread. Only `failure` is present when a bug of Postkey ended the work. */
export interface ShownByThread {
  id: number
  view?: MessageView | undefined
  quotation?: Quotation | undefined
  outgoing?: OutgoingHtml | undefined
  /** In the order of the bodies. */
  excerpts?: (string | undefined)[]
  /** In the order of the bodies; undefined for one that can't be shown. */
  texts?: (MessageText | undefined)[]
  header?: readonly HeaderField[]
  /** Null when the message has no such part. */
  part?: Uint8Array<ArrayBuffer> | null
  /** Name and message of the error that ended the work. */
  failure?: string
}

function show(request: ShowRequest): Omit<ShownByThread, 'id'> {
  if (request.kind === 'view') return { view: viewMessage(request.body) }
  if (request.kind === 'outgoing') return { outgoing: prepareOutgoing(request.html) }
  if (request.kind === 'excerpts') {
    return { excerpts: request.bodies.map((body) => createExcerpt(body, request.marked)) }
  }
  if (request.kind === 'texts') return { texts: request.bodies.map((body) => textOf(body, request.longest)) }
  if (request.kind === 'header') {
    const source = toBuffer(request.source)
    return { header: readHeader(source, 0, source.length, new Findings()).fields }
  }
  if (request.kind === 'part') {
    // Text decoders refuse shared memory.
    const found = readPart(new Uint8Array(request.source), request.number)
    // A separate copy: a small part shares memory with others.
    return { part: found ? new Uint8Array(found) : null }
  }
  const { kind, message, style } = request
  return { quotation: kind === 'reply' ? quoteForReply(message, style) : quoteForForward(message, style) }
}

/** A body that can't be shown leaves the others of its page as they are. */
function textOf(body: MessageBody, longest: number): MessageText | undefined {
  try {
    return messageText(body, longest)
  } catch {
    return undefined
  }
}

/**
 * Thread of `createParser`: sanitizes, folds, quotes and decodes one request after the other, and answers in the same
 * order.
 */
parentPort!.on('message', ({ id, request }: { id: number; request: ShowRequest }) => {
  let shown: Omit<ShownByThread, 'id'>
  try {
    shown = show(request)
  } catch (error) {
    shown = { failure: error instanceof Error ? `${error.name}: ${error.message}`.slice(0, 500) : 'unknown' }
  }
  parentPort!.postMessage({ id, ...shown } satisfies ShownByThread, shown.part ? [shown.part.buffer] : [])
})

parentPort!.postMessage('ready')
