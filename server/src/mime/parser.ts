import {
  rememberText,
  type Address,
  type MessageBody,
  type MessageView,
  type QuarantineReason,
  type Quotation,
  type AnsweredMessage,
} from '../mail/index.ts'
import { AppError } from '../kernel/errors.ts'
import { headerOnly } from './header-only.ts'
import type { ParsedMessage, ParseHints } from './parsed-message.ts'
import type { ReadByThread, ReadRequest } from './parse-thread.ts'
import { createRecentSources, type SourceOrigin } from './recent-sources.ts'
import { createThreadPool, ThreadFailure } from './thread-pool.ts'
import type { ShownByThread, ShowRequest } from './show-thread.ts'

export interface Parser {
  /** Never rejects because of the message: one that cannot be read comes back quarantined, with its reason. */
  parse(source: Uint8Array, hints?: ParseHints): Promise<ParsedMessage>
  /** Reads the text of a body that came without a source, so that `bodyText` has it at hand. Short ones are left to that. */
  readText(body: MessageBody): Promise<void>
  view(body: MessageBody): Promise<ViewOutcome>
  /** The message as an answer quotes it; undefined when no thread could make it. */
  quote(message: AnsweredMessage, kind: 'reply' | 'forward'): Promise<Quotation | undefined>
  /**
   * The bytes of an attachment by its number (`readPart`). The source is kept for half a minute, for the other parts of
   * the message. Undefined when the message or the part is gone.
   *
   * @throws {AppError} `mime.attachment_unreadable`, and what the origin throws
   */
  part(origin: SourceOrigin, number: string): Promise<Uint8Array | undefined>
  /** Messages that are still being read come back quarantined. */
  close(): Promise<void>
}

export interface ViewOutcome {
  /** The body as it is shown; undefined when no thread could make it. */
  view: MessageView | undefined
  /** The thread failed for a reason outside the message: it could not start, or the process is ending. */
  isTransient: boolean
}

export interface ParserOptions {
  threads?: number
  /** For one message. */
  timeoutMs?: number
  /** For one body that is shown or quoted: a person waits for it. */
  showTimeoutMs?: number
  /** Heap of one thread; the source itself comes on top. */
  memoryMb?: number
  /** An idle thread ends after this time and releases about forty megabytes; the next message starts one. */
  idleMs?: number
  /** Tests put a thread there that misbehaves. */
  thread?: URL
  showThread?: URL
}

/** In characters: shorter HTML is read in a few milliseconds. */
const LONG_BODY = 50_000

/** Failures that the same message probably causes again. */
const OF_THE_MESSAGE: ReadonlySet<QuarantineReason> = new Set(['too_slow', 'too_much_memory'])

/**
 * Reads and shows messages on threads that may die. What is shown has threads of its own, so that a person does not wait
 * for an import.
 *
 * @see docs/decisions/0012-mail-is-read-on-threads-that-may-die.md
 * @see docs/decisions/0022-messages-are-shown-from-a-stored-view.md
 */
export function createParser({
  threads = 2,
  timeoutMs = 10_000,
  showTimeoutMs = 5_000,
  memoryMb = 256,
  idleMs = 60_000,
  thread = new URL('./parse-thread.ts', import.meta.url),
  showThread = new URL('./show-thread.ts', import.meta.url),
}: ParserOptions = {}): Parser {
  const reading = createThreadPool<ReadRequest, ReadByThread>({
    ...{ threads, timeoutMs, memoryMb, idleMs, program: thread },
    pack: (request) => {
      if ('body' in request) return { message: request, transfer: [] }
      // Transferred and not cloned: a clone copies the whole memory in which these bytes lie, three times as much.
      const source = new Uint8Array(request.source)
      return { message: { source, hints: request.hints }, transfer: [source.buffer] }
    },
  })
  const showing = createThreadPool<ShowRequest, ShownByThread>({
    ...{ threads, timeoutMs: showTimeoutMs, memoryMb, idleMs, program: showThread },
    pack: (request) => ({ message: { request }, transfer: [] }),
  })

  // By a thread of its own: attachments take longer than views, and people wait for both.
  const decoding = createThreadPool<ShowRequest, ShownByThread>({
    ...{ threads: 1, timeoutMs: showTimeoutMs, memoryMb, idleMs, program: showThread },
    pack: (request) => ({ message: { request }, transfer: [] }),
  })
  const sources = createRecentSources()

  async function parse(source: Uint8Array, hints: ParseHints = {}): Promise<ParsedMessage> {
    // A thread dies of it: the caller that hands over no bytes gets the error alone.
    if (!ArrayBuffer.isView(source)) throw new TypeError('the source of a message is bytes')
    try {
      const { message, text } = await reading.run({ source, hints })
      if (!message) throw new ThreadFailure('unreadable', 'the thread gave no message')
      if (text !== undefined) rememberText(message.body, text)
      return message
    } catch (error) {
      if (!(error instanceof ThreadFailure)) throw error
      return headerOnly(source, hints, { reason: error.reason, detail: error.message })
    }
  }

  async function readText(body: MessageBody): Promise<void> {
    if (body.type !== 'html' || body.content.length < LONG_BODY) return
    try {
      const { text } = await reading.run({ body: { type: body.type, content: body.content } })
      if (text !== undefined) rememberText(body, text)
    } catch (error) {
      // Then it is read where its text is wanted.
      if (!(error instanceof ThreadFailure)) throw error
    }
  }

  async function show(request: ShowRequest): Promise<Partial<ShownByThread> & Pick<ViewOutcome, 'isTransient'>> {
    try {
      return { ...(await showing.run(request)), isTransient: false }
    } catch (error) {
      if (error instanceof ThreadFailure) return { isTransient: !OF_THE_MESSAGE.has(error.reason) }
      throw error
    }
  }

  return {
    parse,
    readText,
    view: async (body) => {
      const { view, isTransient } = await show({ kind: 'view', body })
      return { view, isTransient }
    },
    quote: async (message, kind) => (await show({ kind, message: answeredOf(message) })).quotation,
    part: async (origin, number) => {
      const source = await sources.get(origin)
      if (!source) return undefined
      try {
        const { part, failure } = await decoding.run({ kind: 'part', source, number })
        if (part === undefined) throw new ThreadFailure('unreadable', failure ?? 'the thread gave no part')
        return part ?? undefined
      } catch (cause) {
        if (!(cause instanceof ThreadFailure)) throw cause
        throw new AppError('mime.attachment_unreadable', { cause })
      }
    },
    close: async () => {
      sources.clear()
      await Promise.all([reading.close(), showing.close(), decoding.close()])
    },
  }
}

/** Only what is quoted: more would be cloned for nothing. */
function answeredOf({ from, replyTo, to, cc, sentAt, receivedAt, subject, body }: AnsweredMessage): AnsweredMessage {
  const plain = (addresses: readonly Address[]) => [...addresses]
  return { from, replyTo: plain(replyTo), to: plain(to), cc: plain(cc), sentAt, receivedAt, subject, body }
}
