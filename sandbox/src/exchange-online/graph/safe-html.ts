import { Parser } from 'htmlparser2'
import { escapeHtml } from '../../kernel/html.ts'

/** Elements that go with all that is in them. */
const ACTIVE = new Set(['script', 'object', 'embed', 'applet', 'iframe', 'frame', 'frameset', 'noscript', 'svg', 'math', 'template', 'portal']) // prettier-ignore
/** Elements that go and leave their content. */
const TRANSPARENT = new Set(['base', 'link', 'form', 'input', 'button', 'select', 'option', 'textarea'])
const VOID = new Set(['area', 'base', 'br', 'col', 'embed', 'hr', 'img', 'input', 'link', 'meta', 'source', 'track', 'wbr']) // prettier-ignore
const ADDRESSES = new Set(['href', 'src', 'action', 'background', 'cite', 'poster', 'longdesc', 'formaction', 'srcset'])
const SAFE_ADDRESS = /^(?:https?:|mailto:|tel:|cid:|ftp:|data:image\/(?:png|gif|jpe?g|webp|bmp);|#|\/|[^:]*$)/i

/** What no body without active content has when its white space is taken out; everything else is parsed. */
const SUSPICIOUS =
  /<\/?(?:script|object|embed|applet|i?frame|frameset|noscript|svg|math|template|portal|base|link|form|input|button|select|option|textarea|meta)|on[a-z]+=|script:|data:|expression\(|@import|behavior:|&#|&(?:colon|tab|newline);/i

/**
 * HTML as Graph shows it unless `Prefer: outlook.allow-unsafe-html` is sent: without scripts, embedded objects,
 * forms, event handlers and addresses that run code. Which elements Exchange takes out is documented nowhere; this
 * is what any mail program would. Clients must not take it for their own protection.
 *
 * @see https://learn.microsoft.com/graph/api/resources/message#properties on `body`
 */
export function safeHtml(html: string): string {
  if (!SUSPICIOUS.test(html.replace(/[\s\p{Cc}]+/gu, ''))) return html
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
        // The text of <style> is no markup and may not be escaped; style sheets that fetch or run are left out.
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
