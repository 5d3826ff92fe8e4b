import { Parser } from 'htmlparser2'
import { escapeHtml } from '../../kernel/html.ts'

/** Elements removed together with their content. */
const ACTIVE = new Set(['script', 'object', 'embed', 'applet', 'iframe', 'frame', 'frameset', 'noscript', 'svg', 'math', 'template', 'portal']) // prettier-ignore
/** Elements removed without their content. */
const TRANSPARENT = new Set(['base', 'link', 'form', 'input', 'button', 'select', 'option', 'textarea'])
const VOID = new Set(['area', 'base', 'br', 'col', 'embed', 'hr', 'img', 'input', 'link', 'meta', 'source', 'track', 'wbr']) // prettier-ignore
const ADDRESSES = new Set(['href', 'src', 'action', 'background', 'cite', 'poster', 'longdesc', 'formaction', 'srcset'])
const SAFE_ADDRESS = /^(?:https?:|mailto:|tel:|cid:|ftp:|data:image\/(?:png|gif|jpe?g|webp|bmp);|#|\/|[^:]*$)/i

const ACTIVE_TAG = new RegExp(`/?(?:${[...ACTIVE, ...TRANSPARENT, 'meta'].join('|')})`, 'iy')

/**
 * Returns false only if the parser would remove nothing. Most mail has no active content, and parsing each of a hundred
 * bodies would take too long. When in doubt, returns true.
 */
function mayBeActive(html: string): boolean {
  return (
    anyAt(html, '<', (at) => startsWith(ACTIVE_TAG, html, at + 1)) ||
    anyAt(html, '=', (at) => /^on[a-z]/i.test(wordBefore(html, at))) ||
    anyAt(html, '&', (at) => startsWith(/#|colon;|tab;|newline;/iy, html, at + 1)) ||
    anyAt(html, '@', (at) => startsWith(/import/iy, html, at + 1)) ||
    anyAt(html, ':', (at) => /(?:script|data|behavior)$/i.test(wordBefore(html, at, true))) ||
    anyAt(html, '(', (at) => /expression$/i.test(wordBefore(html, at, true)))
  )
}

function anyAt(html: string, character: string, test: (at: number) => boolean): boolean {
  for (let at = html.indexOf(character); at >= 0; at = html.indexOf(character, at + 1)) {
    if (test(at)) return true
  }
  return false
}

function startsWith(sticky: RegExp, html: string, at: number): boolean {
  sticky.lastIndex = at
  return sticky.test(html)
}

const LONGEST_WORD = 24

/** The letters before `at`, after skipping white space there; with `broken`, also white space between the letters. */
function wordBefore(html: string, at: number, broken = false): string {
  let word = ''
  for (let i = at - 1; i >= 0 && word.length < LONGEST_WORD; i--) {
    const code = html.charCodeAt(i)
    const isLetter = (code >= 97 && code <= 122) || (code >= 65 && code <= 90)
    if (isLetter) word = html[i]! + word
    else if (!isSpace(code) || (word !== '' && !broken)) break
  }
  return word
}

/** White space and control characters, which browsers drop from the scheme of an address. */
function isSpace(code: number): boolean {
  return code <= 32 || (code >= 127 && code <= 160)
}

/**
 * HTML as Graph returns it without `Prefer: outlook.allow-unsafe-html`: without scripts, embedded objects, forms, event
 * handlers and addresses that run code.
 *
 * The elements that Exchange removes are undocumented; this is what any mail client would remove. Clients must not rely
 * on it for their own protection.
 *
 * @see https://learn.microsoft.com/graph/api/resources/message#properties on `body`
 */
export function safeHtml(html: string): string {
  if (!mayBeActive(html)) return html
  const out: string[] = []
  let inside = 0
  const parser = new Parser(
    {
      onprocessinginstruction(name, text) {
        if (inside === 0 && name.toLowerCase() === '!doctype') out.push(`<${text}>`)
      },
      onopentag(name, attributes) {
        if (ACTIVE.has(name)) inside++
        if (inside > 0 || isTransparent(name)) return
        if (name === 'meta' && 'http-equiv' in attributes && !/^content-type$/i.test(attributes['http-equiv'])) return
        out.push(`<${name}${Object.entries(attributes).flatMap(attribute).join('')}>`)
      },
      ontext(text) {
        if (inside > 0) return
        // The text of <style> is not markup and must not be escaped. Style sheets that load or run something are
        // removed.
        out.push(inStyle ? styleText(text) : escapeText(text))
      },
      onclosetag(name) {
        if (name === 'style') inStyle = false
        if (ACTIVE.has(name)) inside--
        else if (inside === 0 && !isTransparent(name) && !VOID.has(name)) out.push(`</${name}>`)
      },
      onopentagname(name) {
        if (name === 'style') inStyle = true
      },
    },
    { decodeEntities: true, lowerCaseTags: true, lowerCaseAttributeNames: true },
  )
  let inStyle = false
  parser.end(html)
  return out.join('')
}

function isTransparent(name: string): boolean {
  return TRANSPARENT.has(name) || !/^[a-z][a-z0-9:-]*$/.test(name)
}

function attribute([name, value]: [string, string]): string[] {
  if (!/^[a-z][\w:.-]*$/.test(name) || name.startsWith('on')) return []
  const squeezed = value.replace(/[\s\p{Cc}]+/gu, '')
  if (ADDRESSES.has(name) && !SAFE_ADDRESS.test(squeezed)) return []
  if (name === 'style' && /expression\(|javascript:|vbscript:|@import|behavior:/i.test(squeezed)) return []
  return [` ${name}="${escapeHtml(value)}"`]
}

function styleText(text: string): string {
  return /<|@import|expression\(|script:|behavior:/i.test(text.replace(/\s+/g, '')) ? '' : text
}

function escapeText(text: string): string {
  return text.replace(/[&<>\u00a0]/g, (character) => (character === '\u00a0' ? '&nbsp;' : escapeHtml(character)))
}
