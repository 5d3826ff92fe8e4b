import { randomBytes } from 'node:crypto'
import { displayHtml } from './display-html.ts'
import { foldQuotedLines, foldQuotes } from './fold-quotes.ts'
import type { MessageBody } from './message.ts'
import { findMisleadingLinks, type MisleadingLink } from './misleading-links.ts'
import { scanTags } from './scan-tags.ts'

/** Raise it when the result changes, so that stored views are made anew. */
export const VIEW_VERSION = 3

/**
 * A body as it is shown, the same for everybody who opens it: images are placeholders, so that one view serves with and
 * without remote images.
 */
export interface MessageView {
  html: string
  /** Part of each placeholder: a message cannot contain one of its own. */
  nonce: string
  images: readonly ViewImage[]
  /** Remote content that is never loaded, such as backgrounds. */
  blockedCount: number
  misleadingLinks: readonly MisleadingLink[]
  /** Brings neither colors nor pictures, so it can be read on a page of any color. */
  isPlain: boolean
}

export type ViewImage = { contentId: string } | { url: string }

const SCHEME = 'postkey-image'
const MOST_IMAGES = 2000
/** Escaping can make a body several times longer. Nobody reads that, and each opening would send it. */
const LONGEST_VIEW = 8_000_000

/** Sanitizes and folds a body. Takes seconds for hostile ones: for threads that may die. */
export function viewMessage({ type, content }: MessageBody): MessageView {
  const nonce = randomBytes(8).toString('hex')
  const images: ViewImage[] = []
  if (type === 'text') {
    const html = within(`<pre>${foldQuotedLines(content)}</pre>`)
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
  // The words themselves make it white as well: rarely, and harmless.
  const isPlain = !/color|background|<img/i.test(shown.html)
  const misleadingLinks = findMisleadingLinks(shown.html, scanTags(shown.html))
  return { html: within(foldQuotes(shown.html)), nonce, images, blockedCount, misleadingLinks, isPlain }
}

function within(html: string): string {
  if (html.length > LONGEST_VIEW) throw new RangeError(`a view of ${html.length} characters`)
  return html
}

/** Puts the addresses of images in; an image without one keeps its alternative text. */
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
