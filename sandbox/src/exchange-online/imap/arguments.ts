import { argumentError } from './refusal.ts'
import type { Token } from './tokens.ts'

/** Arguments of one command, read in order. Every method throws `BAD` when the next argument has a different type. */
export class Arguments {
  readonly #tokens: readonly Token[]
  #next = 0

  constructor(tokens: readonly Token[]) {
    this.#tokens = tokens
  }

  get left(): number {
    return this.#tokens.length - this.#next
  }

  peek(): Token | undefined {
    return this.#tokens[this.#next]
  }

  token(): Token {
    const token = this.#tokens[this.#next++]
    if (!token) throw argumentError()
    return token
  }

  atom(): string {
    const token = this.token()
    if (token.kind !== 'atom') throw argumentError()
    return token.text
  }

  /** One character per byte. */
  astring(): string {
    return readText(this.token())
  }

  bytes(): Buffer {
    const token = this.token()
    if (token.kind !== 'string') throw argumentError()
    return token.bytes
  }

  list(): readonly Token[] {
    const token = this.token()
    if (token.kind !== 'list') throw argumentError()
    return token.items
  }

  /** A list of words, or a single word without parentheses. */
  words(): string[] {
    const token = this.token()
    return token.kind === 'list' ? token.items.map(readText) : [readText(token)]
  }

  end(): void {
    if (this.left > 0) throw argumentError()
  }
}

export function readText(token: Token): string {
  if (token.kind === 'list') throw argumentError()
  return token.kind === 'atom' ? token.text : token.bytes.toString('latin1')
}

/** An IMAP string: quoted where possible, otherwise a literal. */
export function quoted(text: string): string {
  if (/^[\x20-\x7e]{0,1000}$/.test(text)) return `"${text.replace(/[\\"]/g, '\\$&')}"`
  return `{${Buffer.byteLength(text, 'latin1')}}\r\n${text}`
}

export function nstring(text: string | undefined): string {
  return text === undefined ? 'NIL' : quoted(text)
}
