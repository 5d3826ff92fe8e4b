import { createRequire } from 'node:module'
import { Tokenizer, type ParserOptions } from 'htmlparser2'
import type sanitizeHtml from 'sanitize-html'

/** Maximum nesting: deeper than any ordinary mail, and low enough that scans of all open elements stay fast. */
const DEEPEST = 200
/**
 * Maximum elements: far more than ordinary mail or a newsletter has. Further elements are omitted, and their text
 * stays.
 */
const MOST_ELEMENTS = 100_000
/** Elements that hide their text are kept to a greater depth: omitting one would reveal the text. */
const DEEPEST_HIDING = DEEPEST + 40

const require = createRequire(import.meta.url)
/** Loaded at first use: the threads that parse mail import this room, and start in less time without it. */
let library: typeof sanitizeHtml | undefined

type Callbacks = ConstructorParameters<typeof Tokenizer>[1]

/** Members of the parser that are missing in its types: the open elements and the handling of a tag name. */
interface ParserInside extends Callbacks {
  readonly stack: readonly string[]
  isVoidElement(name: string): boolean
  readTagName(start: number, end: number): string
}

/**
 * Sanitizes HTML with bounded nesting. Elements beyond the limit are omitted, and their text stays. The parser and the
 * sanitizer scan all open elements at each tag. Without a limit, a mail of nested `<div>` would block the process for a
 * long time.
 */
export function sanitize(html: string, options: sanitizeHtml.IOptions): string {
  library ??= require('sanitize-html') as typeof sanitizeHtml
  return library(html, { ...options, parser: boundedNesting(options.nonTextTags ?? [], MOST_ELEMENTS) })
}

/** One class per list instead of one per call: the engine would otherwise optimize each new class from scratch. */
const bounding = new Map<string, ParserOptions>()

/** Returns parser options that bound the nesting, so that nested tags can't block other parsers either. */
export function boundedNesting(hiding: readonly string[], mostElements = Infinity): ParserOptions {
  const key = `${mostElements} ${hiding.join(' ')}`
  const known = bounding.get(key)
  if (known) return known
  const hides = new Set(hiding)
  const options: ParserOptions = {
    Tokenizer: class extends Tokenizer {
      constructor(options: ConstructorParameters<typeof Tokenizer>[0], parser: Callbacks) {
        bound(parser as ParserInside, hides, mostElements)
        super(options, parser)
      }
    },
  }
  bounding.set(key, options)
  return options
}

function bound(parser: ParserInside, hides: ReadonlySet<string>, mostElements: number): void {
  const onopentagname = parser.onopentagname.bind(parser)
  const onclosetag = parser.onclosetag.bind(parser)
  /** Number of omitted elements by name inside the open elements. Their end tags must not close other elements. */
  const leftOut = new Map<string, number>()
  let elements = 0

  parser.onopentagname = (start, end) => {
    const depth = parser.stack.length
    const name = parser.readTagName(start, end)
    const isShallow = depth < DEEPEST || parser.isVoidElement(name)
    const isKept = (++elements <= mostElements && isShallow) || (hides.has(name) && depth < DEEPEST_HIDING)
    if (isKept) onopentagname(start, end)
    // Without a tag name, the parser doesn't create an element from the following attributes.
    else leftOut.set(name, (leftOut.get(name) ?? 0) + 1)
  }
  parser.onclosetag = (start, end) => {
    const name = parser.readTagName(start, end)
    const count = leftOut.get(name) ?? 0
    if (count > 0) {
      leftOut.set(name, count - 1)
      return
    }
    onclosetag(start, end)
    if (parser.stack.length < DEEPEST && elements <= mostElements) leftOut.clear()
  }
}
