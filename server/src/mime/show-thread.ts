import { parentPort } from 'node:worker_threads'
import {
  quoteForForward,
  quoteForReply,
  viewMessage,
  type Answered,
  type MessageBody,
  type MessageView,
  type Quotation,
} from '../mail/index.ts'

export type ShowRequest = { kind: 'view'; body: MessageBody } | { kind: 'reply' | 'forward'; message: Answered }

/** Both are absent when a mistake of ours ended the work. */
export interface ShownByThread {
  id: number
  view?: MessageView | undefined
  quotation?: Quotation | undefined
}

function show(request: ShowRequest): Omit<ShownByThread, 'id'> {
  if (request.kind === 'view') return { view: viewMessage(request.body) }
  return { quotation: request.kind === 'reply' ? quoteForReply(request.message) : quoteForForward(request.message) }
}

/** A thread of `createParser`: sanitizes, folds and quotes one message after the other, answering in the same order. */
parentPort!.on('message', ({ id, request }: { id: number; request: ShowRequest }) => {
  let shown: Omit<ShownByThread, 'id'>
  try {
    shown = show(request)
  } catch {
    shown = {}
  }
  parentPort!.postMessage({ id, ...shown } satisfies ShownByThread)
})

parentPort!.postMessage('ready')
