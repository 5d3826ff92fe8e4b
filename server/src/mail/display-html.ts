import { sanitize } from './sanitize.ts'

export interface DisplayOptions {
  /** Returns the URL of an inline image; undefined when no part has that Content-ID. */
  resolveCid: (contentId: string) => string | undefined
  /**
   * Returns the URL of a remote image: its own or a proxy's. When absent, no remote content is loaded, because the
   * sender would learn when and where the message is read.
   */
  remoteImage?: ((url: string) => string | undefined) | undefined
  /** URL scheme that the two functions may return, besides the usual ones. */
  placeholderScheme?: string | undefined
  /** Classes that `div` may keep. All others are removed. */
  classesOfDiv?: readonly string[] | undefined
}

export interface DisplayHtml {
  html: string
  /** Number of remote resources that were blocked. */
  blockedCount: number
  /** Content-IDs that the text shows. These attachments need not be listed. */
  shownContentIds: readonly string[]
  /** True when the content was too long and is cut off. */
  truncated: boolean
}

const LONGEST_HTML = 3_000_000

const TAGS = 'a abbr b bdi bdo big blockquote br caption center cite code col colgroup dd del dfn div dl dt em font h1 h2 h3 h4 h5 h6 hr i img ins kbd li mark ol p pre q s samp small span strike strong sub sup table tbody td tfoot th thead tr tt u ul var wbr'.split(' ') // prettier-ignore
const WITHOUT_TEXT = ['script', 'style', 'textarea', 'option', 'select', 'noscript', 'title', 'template', 'iframe', 'object', 'svg', 'math', 'xmp', 'noembed', 'noframes', 'plaintext'] // prettier-ignore
const OF_ALL = ['style', 'dir', 'lang', 'title', 'align', 'valign', 'width', 'height', 'bgcolor']

// Excludes functions that load content, and escapes that could spell one.
const HARMLESS =
  /^(?!.*(?:url|src|image|image-set|cross-fade|element|expression|paint|attr|env|var)\s*\()[^\\<>@{};]{0,300}$/i
const WHOLE_VALUES = [
  'color background-color background font font-family font-size font-style font-weight font-variant line-height letter-spacing word-spacing',
  'text-align text-decoration text-indent text-transform vertical-align white-space word-break overflow-wrap word-wrap direction',
  'margin margin-top margin-right margin-bottom margin-left padding padding-top padding-right padding-bottom padding-left',
  'border border-top border-right border-bottom border-left border-color border-style border-width border-radius border-collapse border-spacing',
  'border-top-color border-top-style border-top-width border-bottom-color border-bottom-style border-bottom-width',
  'border-left-color border-left-style border-left-width border-right-color border-right-style border-right-width',
  'width max-width min-width height max-height min-height table-layout list-style-type float clear caption-side empty-cells',
]
const STYLES: Record<string, RegExp[]> = {
  ...Object.fromEntries(WHOLE_VALUES.flatMap((names) => names.split(' ')).map((name) => [name, [HARMLESS]])),
  display: [/^(?:none|block|inline|inline-block|list-item|table|table-row|table-cell)$/i],
}

/**
 * Sanitizes mail for display: text, tables and images. Removes everything that acts, submits, covers other elements or
 * loads content without a request. Links open in a new window without a referrer.
 *
 * This is one of two protections. Show the result in a sandboxed frame with its own content security policy, so that a
 * bug here is contained.
 */
export function displayHtml(html: string, options: DisplayOptions): DisplayHtml {
  const { resolveCid, remoteImage, placeholderScheme, classesOfDiv } = options
  let blockedCount = 0
  const shown = new Set<string>()

  const clean = sanitize(html.slice(0, LONGEST_HTML), {
    allowedTags: TAGS,
    nonTextTags: WITHOUT_TEXT,
    allowedAttributes: {
      '*': OF_ALL,
      a: ['href', 'target', 'rel'],
      img: ['src', 'alt', 'border'],
      font: ['color', 'face', 'size'],
      table: ['border', 'cellpadding', 'cellspacing'],
      td: ['colspan', 'rowspan', 'nowrap'],
      th: ['colspan', 'rowspan', 'nowrap', 'scope'],
      col: ['span'],
      colgroup: ['span'],
      ol: ['start', 'type'],
      li: ['value'],
      blockquote: ['type'],
    },
    ...(classesOfDiv && { allowedClasses: { div: [...classesOfDiv] } }),
    allowedStyles: { '*': STYLES },
    allowedSchemes: ['http', 'https', 'mailto', 'tel'],
    allowedSchemesByTag: {
      img: ['http', 'https', 'data', 'cid', ...(placeholderScheme === undefined ? [] : [placeholderScheme])],
    },
    allowProtocolRelative: false,
    transformTags: {
      '*': (tagName, attributes) => {
        blockedCount += fetchesOf(attributes)
        return { tagName, attribs: boundedAttributes(attributes) }
      },
      a: (tagName, { href, ...others }) => {
        const isOutside = href !== undefined && /^\s*(?:https?:|mailto:|tel:)/i.test(href)
        const link = isOutside ? { href, target: '_blank', rel: 'noopener noreferrer nofollow' } : {}
        const { target: _target, rel: _rel, ...kept } = others
        return { tagName, attribs: { ...kept, ...link } }
      },
      img: (tagName, { src, srcset, ...others }) => {
        if (srcset !== undefined && src === undefined) blockedCount++
        const found = src === undefined ? undefined : sourceOf(src.trim())
        return { tagName, attribs: { ...others, ...(found !== undefined && { src: found }) } }
      },
    },
  })
  return { html: clean, blockedCount, shownContentIds: [...shown], truncated: html.length > LONGEST_HTML }

  function sourceOf(source: string): string | undefined {
    const [, cid] = /^cid:(.+)$/is.exec(source) ?? []
    if (cid !== undefined) {
      const contentId = decoded(cid).replace(/^<|>$/g, '')
      if (shown.size >= MOST_INLINE_IMAGES && !shown.has(contentId)) return undefined
      const found = resolveCid(contentId)
      if (found !== undefined) shown.add(contentId)
      return found
    }
    // Bitmap images only: SVG is a document.
    if (/^data:image\/(?:png|jpe?g|gif|webp|bmp);base64,[a-z0-9+/=\s]+$/i.test(source)) return source
    if (!/^(?:https?:)?\/\//i.test(source)) return undefined
    const url = URL.parse(source.startsWith('//') ? `https:${source}` : source)
    const found = url && remoteImage?.(url.href)
    if (!found) blockedCount++
    return found ?? undefined
  }
}

/**
 * Limits the attributes of an element. Ordinary mail has a few short ones. Only URLs are longer: data URLs of images,
 * and links.
 */
function boundedAttributes(attributes: Readonly<Record<string, string>>): Record<string, string> {
  const allowed = Object.entries(attributes).filter(
    ([name, value]) => value.length <= (LONGEST[name] ?? LONGEST_ATTRIBUTE),
  )
  return Object.fromEntries(allowed.slice(0, MOST_ATTRIBUTES))
}

const MOST_ATTRIBUTES = 50
/** Maximum inline images of one message: each is a request. */
const MOST_INLINE_IMAGES = 200
const LONGEST_ATTRIBUTE = 4000
const LONGEST: Readonly<Record<string, number>> = { src: LONGEST_HTML, href: 8000 }

/**
 * Counts the remote resources of an element besides its source. All of them are removed, even when remote images are
 * allowed.
 */
function fetchesOf(attributes: Readonly<Record<string, string>>): number {
  const style = attributes['style'] ?? ''
  const fetches = [attributes['background'], attributes['poster'], attributes['lowsrc'], attributes['dynsrc']]
  return (
    fetches.filter((value) => value !== undefined && /^\s*(?:https?:)?\/\//i.test(value)).length +
    [...style.matchAll(/(?:url|image-set)\s*\(/gi)].length
  )
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}
