import { Tokenizer, type ParserOptions } from 'htmlparser2'
import sanitizeHtml from 'sanitize-html'

/** Deeper than any letter is nested, and so little that what looks through all that is open stays quick. */
const DEEPEST = 200
/** Far more than a letter or a newsletter has. Elements behind these are left out, and their text stays. */
const MOST_ELEMENTS = 100_000
/** What hides its text keeps doing so a little deeper: left out, it would show it. */
const DEEPEST_HIDING = DEEPEST + 40

type Callbacks = ConstructorParameters<typeof Tokenizer>[1]

/** What of the parser is not in its types: which elements are open, and what it does with a name. */
interface ParserInside extends Callbacks {
  readonly stack: readonly string[]
  isVoidElement(name: string): boolean
  readTagName(start: number, end: number): string
}

/**
 * The sanitizer for everything that is not nested too deep: of the rest the elements are left out, and their text stays.
 * The parser and the sanitizer look through all open elements at each tag, so a mail of nothing but `<div>` would stop
 * the process for a long time.
 */
export function sanitize(html: string, options: sanitizeHtml.IOptions): string {
  return sanitizeHtml(html, { ...options, parser: boundedNesting(options.nonTextTags ?? [], MOST_ELEMENTS) })
}

/** One class per list and not per call: with a new class each time, what the engine learned of the last is lost. */
const bounding = new Map<string, ParserOptions>()

/** For a parser of one's own, so that nested tags stop nobody there either. */
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
  /** How many of a name were left out inside of what is open, so that their end tags end nothing else. */
  const leftOut = new Map<string, number>()
  let elements = 0

  parser.onopentagname = (start, end) => {
    const depth = parser.stack.length
    const name = parser.readTagName(start, end)
    const isShallow = depth < DEEPEST || parser.isVoidElement(name)
    const isKept = (++elements <= mostElements && isShallow) || (hides.has(name) && depth < DEEPEST_HIDING)
    if (isKept) onopentagname(start, end)
    // A parser that was told no name makes no element of the attributes that follow.
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
