import { convert, type HtmlToTextOptions } from 'html-to-text'
import { displayHtml } from './display-html.ts'

/**
 * Parts of a message that was written in the web UI, as elements of its HTML. They stay in the sent message, so that a
 * canceled one is divided again.
 */
const PARTS = ['postkey-message', 'postkey-signature', 'postkey-quotation']
const SIGNATURE = '<div class="postkey-signature"'
const QUOTATION = '<div class="postkey-quotation"'
/** Separator of a signature (RFC 3676 §4.3). */
const SIGNED = '\n\n-- \n'

/** Maximum nesting of quotations and lists in the text: deeper elements are omitted. */
const DEEPEST = 100
const PLAIN_HEADING = { options: { uppercase: false } }
const AS_TEXT: HtmlToTextOptions = {
  // Recipients' programs wrap lines themselves.
  wordwrap: false,
  limits: { maxInputLength: 2_000_000, maxDepth: DEEPEST },
  selectors: [
    { selector: 'a', options: { hideLinkHrefIfSameAsText: true, linkBrackets: ['<', '>'] } },
    { selector: 'img', format: 'skip' },
    { selector: 'li > p', format: 'paragraph', options: { leadingLineBreaks: 1, trailingLineBreaks: 1 } },
    { selector: 'ul', options: { itemPrefix: '- ' } },
    ...['h1', 'h2', 'h3', 'h4', 'h5', 'h6'].map((selector) => ({ selector, ...PLAIN_HEADING })),
  ],
}

export interface OutgoingHtml {
  html: string
  /** Alternative for programs that show no HTML (RFC 2046 §5.1.4): quoted lines begin with `>`. */
  text: string
}

/**
 * Sanitizes HTML that is sent under our name, and derives its text. Images by `cid:` and by URL stay, because their
 * author chose them. Takes tens of milliseconds for a long quotation: use `Parser.prepare`.
 */
export function prepareOutgoing(html: string): OutgoingHtml {
  const clean = displayHtml(html, {
    resolveCid: (contentId) => `cid:${encodeURIComponent(contentId).replaceAll('%40', '@')}`,
    remoteImage: (url) => url,
    classesOfDiv: PARTS,
  })
    // Mail programs give an empty paragraph no height.
    .html.replaceAll('<p></p>', '<p><br /></p>')
  const quotation = indexOrEnd(clean, QUOTATION)
  const signature = Math.min(indexOrEnd(clean, SIGNATURE), quotation)
  const own = textOf(clean.slice(0, signature))
  const signed = textOf(clean.slice(signature, quotation))
  const quoted = textOf(clean.slice(quotation))
  return { html: clean, text: own + (signed && SIGNED + signed) + (quoted && `\n\n${quoted}`) }
}

function textOf(html: string): string {
  return html === '' ? '' : convert(html, AS_TEXT)
}

function indexOrEnd(text: string, searched: string): number {
  const at = text.indexOf(searched)
  return at < 0 ? text.length : at
}
