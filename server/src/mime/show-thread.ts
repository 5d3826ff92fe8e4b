import { parentPort } from 'node:worker_threads'
import {
  quoteForForward,
  quoteForReply,
  viewMessage,
  type AnsweredMessage,
  type MessageBody,
  type MessageView,
  type Quotation,
} from '../mail/index.ts'
import { readPart } from './read-part.ts'

export type ShowRequest =
  | { kind: 'view'; body: MessageBody }
  | { kind: 'reply' | 'forward'; message: AnsweredMessage }
  | { kind: 'part'; source: Uint8Array<SharedArrayBuffer>; number: string }

/** Only `failure` is present when a defect of Postkey ended the work. */
export interface ShownByThread {
  id: number
  view?: MessageView | undefined
  quotation?: Quotation | undefined
  /** Null when the message has no such part. */
  part?: Uint8Array<ArrayBuffer> | null
  /** Name and message of the error that ended the work. */
  failure?: string
}

function show(request: ShowRequest): Omit<ShownByThread, 'id'> {
  if (request.kind === 'view') return { view: viewMessage(request.body) }
  if (request.kind === 'part') {
    // Decoders of text refuse memory that is shared.
    const found = readPart(new Uint8Array(request.source), request.number)
    // A copy of its own: a small part lies among others.
    return { part: found ? new Uint8Array(found) : null }
  }
  return { quotation: request.kind === 'reply' ? quoteForReply(request.message) : quoteForForward(request.message) }
}

/** A thread of `createParser`: sanitizes, folds, quotes and decodes for one person after the other, answering in the same order. */
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
