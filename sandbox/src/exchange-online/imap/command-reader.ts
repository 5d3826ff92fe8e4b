import type { ByteSource } from './byte-source.ts'

/**
 * Exchange accepts longer lines than RFC 3501 requires: an XOAUTH2 response alone has about 4 kB
 * (docs/reference/microsoft-365.md §E.2).
 */
const LONGEST_LINE = 64 * 1024
/** Literals of commands other than APPEND are names and search terms. */
const LARGEST_LITERAL = 16 * 1024
const MOST_LITERALS = 64

/** A raw command: text (one character per byte) and literals alternate, starting and ending with text. */
export interface RawCommand {
  tag: string
  name: string
  /** Text and literals after the name and its space. */
  pieces: (string | Buffer)[]
}

/** Input that is not a valid command; `ends` when the start of the next command cannot be found. */
export interface Unreadable {
  tag: string
  refused: 'malformed' | 'line-too-long' | 'literal-too-large'
  ends: boolean
}

export interface ReaderOptions {
  /** Sends the continuation `+ …` for a literal. */
  askForMore(): void
  /** Maximum bytes of one literal of this command in the current state. */
  largestLiteral(name: string): number
}

/**
 * Reads the next command with its literals, synchronizing and non-synchronizing (RFC 3501 §4.3, RFC 7888). Holds at
 * most a line and the allowed literals; for a literal that is too large, no continuation is sent.
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
      // The client sends the literal without waiting, so its bytes can't be distinguished from commands.
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
