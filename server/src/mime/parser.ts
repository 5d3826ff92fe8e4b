import {
  rememberText,
  type Address,
  type MessageBody,
  type MessageText,
  type MessageView,
  type QuarantineReason,
  type OutgoingHtml,
  type Quotation,
  type QuotationStyle,
  type AnsweredMessage,
  type MarkedWords,
} from '../mail/index.ts'
import { AppError } from '../kernel/errors.ts'
import type { HeaderField } from './header.ts'
import { headerOnly } from './header-only.ts'
import type { ParsedMessage, ParseHints } from './parsed-message.ts'
import type { ReadByThread, ReadRequest } from './parse-thread.ts'
import { createRecentSources, type SourceOrigin } from './recent-sources.ts'
import { createThreadPool, ThreadFailure } from './thread-pool.ts'
import type { ShownByThread, ShowRequest } from './show-thread.ts'

export interface Parser {
  /**
   * Parses a source. Never rejects because of the message: an unreadable one is returned quarantined, with the reason.
   */
  parse(source: Uint8Array, hints?: ParseHints): Promise<ParsedMessage>
  /** Starts a thread for a message that is on its way: a start takes longer than fetching and storing it. */
  warmUp(): void
  /**
   * Extracts the texts of bodies that came without a source, and caches them for `bodyText`. Short bodies are skipped,
   * unless they are long together.
   */
  readText(...bodies: readonly MessageBody[]): Promise<void>
  view(body: MessageBody): Promise<ViewOutcome>
  /**
   * Returns the bodies for programs, cut off at so many UTF-16 units; undefined where the threads failed. Bodies of one
   * call share a thread and its deadline; after a failure, each is tried alone.
   */
  texts(bodies: readonly MessageBody[], longest: number): Promise<(MessageText | undefined)[]>
  /** Returns the header fields of the beginning of a source; undefined when the threads failed. */
  header(source: Uint8Array): Promise<readonly HeaderField[] | undefined>
  /** Returns the quotation of a message for a reply or forward; undefined when the threads failed to create it. */
  quote(message: AnsweredMessage, kind: 'reply' | 'forward', style?: QuotationStyle): Promise<Quotation | undefined>
  /** Sanitizes HTML to send and derives its text; undefined when the threads failed to do it. */
  prepare(html: string): Promise<OutgoingHtml | undefined>
  /** Returns the part of each body around the first of these words; undefined where none is in it, or a thread failed. */
  excerpts(bodies: readonly MessageBody[], marked: readonly MarkedWords[]): Promise<(string | undefined)[]>
  /**
   * Returns the bytes of an attachment by its number (`readPart`). The source is kept for half a minute, for the other
   * parts of the message. Undefined when the message or the part is gone.
   *
   * @throws {AppError} `mime.attachment_unreadable`, and errors of the origin
   */
  part(origin: SourceOrigin, number: string): Promise<Uint8Array | undefined>
  /** Closes the parser. Messages in progress are returned quarantined. */
  close(): Promise<void>
}

export interface ViewOutcome {
  /** Body prepared for display; undefined when the threads failed to create it. */
  view: MessageView | undefined
  /** True when the thread failed for a reason outside the message: it couldn't start, or the process is ending. */
  isTransient: boolean
}

export interface ParserOptions {
  threads?: number
  /** Limit in milliseconds for one message. */
  timeoutMs?: number
  /** Limit in milliseconds for one body that is displayed or quoted, while a user waits. */
  showTimeoutMs?: number
  /** Heap of one thread in MB, in addition to the source. */
  memoryMb?: number
  /**
   * Idle time in milliseconds after which a thread ends, which releases about forty megabytes. The next message starts
   * a new one.
   */
  idleMs?: number
  /** Thread program; tests pass one that misbehaves. */
  thread?: URL
  showThread?: URL
}

/** Length in characters from which a text is extracted on a thread: shorter HTML takes a few milliseconds. */
const LONG_BODY = 50_000
/**
 * Total length in characters from which shorter texts are, too. The newest fifty messages of a mailbox stay below it:
 * they would wait for the start of a thread.
 */
const LONG_BODIES = 2_000_000
/** Length in characters below which the transfer to a thread costs more than the extraction. */
const SHORT_BODY = 500

/** Failures that the same message probably causes again. */
const OF_THE_MESSAGE: ReadonlySet<QuarantineReason> = new Set(['too_slow', 'too_much_memory'])

/**
 * Parses and displays messages on threads that can be terminated. Display has its own threads, so that users don't wait
 * for an import.
 *
 * @see docs/decisions/0012-parsing-on-disposable-threads.md
 * @see docs/decisions/0022-stored-message-views.md
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
    // These threads give way to others (`parse-thread.ts`), which must not put healthy mail into quarantine.
    ...{ threads, timeoutMs, longestMs: 6 * timeoutMs, memoryMb, idleMs, program: thread },
    pack: (request) => {
      if ('body' in request) return { message: request, transfer: [] }
      // Transferred instead of cloned: a clone copies the whole memory that contains these bytes, three times as much.
      const source = new Uint8Array(request.source)
      return { message: { source, hints: request.hints }, transfer: [source.buffer] }
    },
  })
  const showing = createThreadPool<ShowRequest, ShownByThread>({
    ...{ threads, timeoutMs: showTimeoutMs, memoryMb, idleMs, program: showThread },
    pack: (request) => ({ message: { request }, transfer: [] }),
  })

  // On a separate thread: attachments take longer than views, and users wait for both.
  const decoding = createThreadPool<ShowRequest, ShownByThread>({
    ...{ threads: 1, timeoutMs: showTimeoutMs, memoryMb, idleMs, program: showThread },
    pack: (request) => ({ message: { request }, transfer: [] }),
  })
  const sources = createRecentSources()

  async function parse(source: Uint8Array, hints: ParseHints = {}): Promise<ParsedMessage> {
    // Such input would kill a thread. Checked here, so that only the caller gets an error.
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

  async function readText(...bodies: readonly MessageBody[]): Promise<void> {
    const html = bodies.filter(({ type }) => type === 'html')
    const isLong = html.reduce((sum, { content }) => sum + content.length, 0) >= LONG_BODIES
    await Promise.all(html.filter(({ content }) => content.length >= (isLong ? SHORT_BODY : LONG_BODY)).map(readOne))
  }

  async function readOne(body: MessageBody): Promise<void> {
    try {
      const { text } = await reading.run({ body: { type: body.type, content: body.content } })
      if (text !== undefined) rememberText(body, text)
    } catch (error) {
      // After a thread failure, the text is extracted when it is needed.
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

  async function texts(bodies: readonly MessageBody[], longest: number): Promise<(MessageText | undefined)[]> {
    if (bodies.length === 0) return []
    const plain = bodies.map(({ type, content }) => ({ type, content }))
    const together = (await show({ kind: 'texts', bodies: plain, longest })).texts
    if (together) return together
    if (bodies.length === 1) return [undefined]
    return (await Promise.all(bodies.map((body) => texts([body], longest)))).flat()
  }

  return {
    parse,
    texts,
    header: async (source) => (await show({ kind: 'header', source })).header,
    warmUp: () => reading.warmUp(),
    readText,
    view: async (body) => {
      const { view, isTransient } = await show({ kind: 'view', body })
      return { view, isTransient }
    },
    quote: async (message, kind, style = {}) => (await show({ kind, message: answeredOf(message), style })).quotation,
    prepare: async (html) => (await show({ kind: 'outgoing', html })).outgoing,
    excerpts: async (bodies, marked) => {
      const plain = bodies.map(({ type, content }) => ({ type, content }))
      return (await show({ kind: 'excerpts', bodies: plain, marked })).excerpts ?? bodies.map(() => undefined)
    },
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

/** Picks the quoted fields: all others would be cloned unnecessarily. */
function answeredOf({ from, replyTo, to, cc, sentAt, receivedAt, subject, body }: AnsweredMessage): AnsweredMessage {
  const plain = (addresses: readonly Address[]) => [...addresses]
  return { from, replyTo: plain(replyTo), to: plain(to), cc: plain(cc), sentAt, receivedAt, subject, body }
}
