import type { ByteSource } from './byte-source.ts'

/** Exchange takes longer lines than RFC 3501 asks for: an XOAUTH2 response alone has some 4 kB (docs/reference/microsoft-365.md §E.2). */
const LONGEST_LINE = 64 * 1024
/** Literals of a command other than APPEND are names and words to search for. */
const LARGEST_LITERAL = 16 * 1024
const MOST_LITERALS = 64

/** One command as it came: text (one character per byte) and literals in turn, beginning and ending with text. */
export interface RawCommand {
  tag: string
  name: string
  /** What follows the name and its space. */
  pieces: (string | Buffer)[]
}

/** What cannot be read as a command; `ends` when it cannot even be told where the next one begins. */
export interface Unreadable {
  tag: string
  refused: 'malformed' | 'line-too-long' | 'literal-too-large'
  ends: boolean
}

export interface ReaderOptions {
  /** Asks the client for a literal: `+ …`. */
  askForMore(): void
  /** Bytes that one literal of this command may have now. */
  largestLiteral(name: string): number
}

/**
 * Reads the next command with its literals, both kinds (RFC 3501 §4.3, RFC 7888). Holds no more than a line and the
 * literals that are allowed; a literal that is too large is not asked for.
 *
 * @throws ConnectionOver
 */
export async function readCommand(source: ByteSource, options: ReaderOptions): Promise<RawCommand | Unreadable> {
  const first = await source.readLine(LONGEST_LINE)
  if (first === undefined) return { tag: '*', refused: 'line-too-long', ends: true }
  const match = /^([^\s(){%*"\\\]+\x00-\x1f\x7f]{1,64}) (UID )?([A-Za-z][A-Za-z0-9]{0,31})(?: |$)/i.exec(text(first))
  const tag = match?.[1] ?? /^([A-Za-z0-9.]{1,64})(?: |$)/.exec(text(first))?.[1] ?? '*'
  const name = match ? `${match[2] ?? ''}${match[3]!}`.toUpperCase() : ''

  const pieces: (string | Buffer)[] = []
  let line: Buffer | undefined = first.subarray(match?.[0].length ?? 0)
  let textBytes = 0
  for (let literals = 0; ; literals++) {
    if (line === undefined || (textBytes += line.length) > LONGEST_LINE) {
      return { tag, refused: 'line-too-long', ends: true }
    }
    const announced: RegExpExecArray | null = /\{(\d{1,15})(\+?)\}$/.exec(text(line.subarray(-20)))
    if (!announced) break
    const size = Number(announced[1])
    const waits = announced[2] === ''
    const most = match ? Math.max(LARGEST_LITERAL, options.largestLiteral(name)) : 0
    if (size > most || literals === MOST_LITERALS) {
      // What the client will send unasked cannot be told from commands any more.
      return { tag, refused: match ? 'literal-too-large' : 'malformed', ends: !waits }
    }
    pieces.push(text(line.subarray(0, -announced[0].length)))
    if (waits) options.askForMore()
    pieces.push(await source.read(size))
    line = await source.readLine(LONGEST_LINE)
  }
  pieces.push(text(line))
  return match ? { tag, name, pieces } : { tag, refused: 'malformed', ends: false }
}

function text(bytes: Buffer): string {
  return bytes.toString('latin1')
}
