import { html, type Html, type HtmlValue } from '../../kernel/html.ts'
import { Page, type PageOptions } from '../../kernel/page.ts'
import type { Outside } from '../outside.ts'

export interface OutsidePagesOptions {
  outside: Outside
  /** Addresses of the mailboxes, for selection. */
  mailboxes: () => string[]
  /** Base address of this site for scripts, without a trailing slash. */
  address: string
  /** Layout of the site around a page. */
  layout: (page: Pick<PageOptions, 'title' | 'body'>) => Page
}

/** Allows a page to show a message in a frame; only this site can be framed. */
export function withFrame(document: Page): Page {
  return new Page(document.toString(), `${document.contentSecurityPolicy}; frame-src 'self'`)
}

const FORMAT = new Intl.DateTimeFormat('en-GB', { dateStyle: 'medium', timeStyle: 'medium', timeZone: 'UTC' })

export function time(at: Date): Html {
  return html`<time datetime="${at.toISOString()}">${FORMAT.format(at)} UTC</time>`
}

export function personPath(address: string): string {
  return `/outside/people/${encodeURIComponent(address)}`
}

/** Untrusted text: isolated in its writing direction, with a clickable placeholder when empty. */
export function foreign(text: string, whenEmpty = '(no subject)'): HtmlValue {
  return html`<bdi>${text.trim() === '' ? whenEmpty : text}</bdi>`
}

export function sizeText(bytes: number): string {
  if (bytes < 1024) return `${bytes} bytes`
  return bytes < 1024 * 1024 ? `${(bytes / 1024).toFixed(1)} KB` : `${(bytes / 1024 / 1024).toFixed(1)} MB`
}
