import { randomBytes } from 'node:crypto'
import { displayHtml } from './display-html.ts'
import { foldQuotedLines, foldQuotes } from './fold-quotes.ts'
import { linkHtml, linkText } from './link-text.ts'
import type { MessageBody } from './message.ts'
import { findMisleadingLinks, type MisleadingLink } from './misleading-links.ts'
import { scanTags } from './scan-tags.ts'

/** Increase it when the result changes, so that stored views are rebuilt. */
export const VIEW_VERSION = 6

/**
 * Body prepared for display, the same for all users. Images are placeholders, so that one view can be shown with and
 * without remote images.
 */
export interface MessageView {
  html: string
  /** Random part of each placeholder: a message can't contain a valid placeholder of its own. */
  nonce: string
  images: readonly ViewImage[]
  /** Number of remote resources that are never loaded, such as backgrounds. */
  blockedCount: number
  misleadingLinks: readonly MisleadingLink[]
  /** True when the body contains neither colors nor images, so it is readable on a page of any color. */
  isPlain: boolean
}

export type ViewImage = { contentId: string } | { url: string }

const SCHEME = 'postkey-image'
const MOST_IMAGES = 2000
/** Escaping can make a body several times longer. A view of that length is useless, and each display would send it. */
const LONGEST_VIEW = 8_000_000

/** Sanitizes and folds a body. Takes seconds for hostile bodies: run it on threads that can be terminated. */
export function viewMessage({ type, content }: MessageBody): MessageView {
  const nonce = randomBytes(8).toString('hex')
  const images: ViewImage[] = []
  if (type === 'text') {
    const html = within(`<pre>${linkText(foldQuotedLines(content))}</pre>`)
    return { html, nonce, images, blockedCount: 0, misleadingLinks: [], isPlain: true }
  }
  const placeholder = (image: ViewImage) => {
    if (images.length >= MOST_IMAGES) return undefined
    images.push(image)
    return `${SCHEME}:${nonce}/${images.length - 1}`
  }
  const shown = displayHtml(content, {
    resolveCid: (contentId) => placeholder({ contentId }),
    remoteImage: (url) => (url.startsWith('https:') ? placeholder({ url }) : undefined),
    placeholderScheme: SCHEME,
  })
  const { blockedCount } = shown
  // These words in the text also match. This is rare, and the only effect is a white page.
  const isPlain = !/color|background|<img/i.test(shown.html)
  const misleadingLinks = findMisleadingLinks(shown.html, scanTags(shown.html))
  // Before the links: a quoted line with markup is not recognized.
  const folded = foldQuotes(shown.html)
  const html = within(linkHtml(folded, scanTags(folded)))
  return { html, nonce, images, blockedCount, misleadingLinks, isPlain }
}

function within(html: string): string {
  if (html.length > LONGEST_VIEW) throw new RangeError(`a view of ${html.length} characters`)
  return html
}

/** Replaces placeholders by the URLs of images; an image without a URL keeps its alternative text. */
export function resolveImages(
  { html, nonce, images }: Pick<MessageView, 'html' | 'nonce' | 'images'>,
  urlOf: (image: ViewImage) => string | undefined,
): string {
  if (images.length === 0) return html
  return html.replaceAll(new RegExp(` src="${SCHEME}:${nonce}/(\\d{1,5})"`, 'g'), (_, index: string) => {
    const image = images[Number(index)]
    const url = image && urlOf(image)
    return url === undefined ? '' : ` src="${escapeAttribute(url)}"`
  })
}

function escapeAttribute(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('"', '&quot;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
}
