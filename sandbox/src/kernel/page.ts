/**
 * How every page of the sandbox looks and what it may load. A room writes the body with {@link html} and these
 * pieces; a page without scripts needs no JavaScript, and none comes from elsewhere.
 */
import { createHash } from 'node:crypto'
import { Html, html, type HtmlValue } from './html.ts'
import { PAGE_STYLE } from './page-style.ts'

export interface PageOptions {
  /** What the page is for; goes before the site's name in the browser's title. */
  title: string
  /** The name of the site, shown above the page. */
  site: string
  body: HtmlValue
  /** `narrow` for one question at a time (a sign-in), `wide` for work. */
  layout?: 'narrow' | 'wide'
  navigation?: readonly NavigationLink[]
  /** The parts of the thing that the page is about, beside the body, or above it on a small screen. */
  sections?: { label: string; links: readonly NavigationLink[] }
  /** At the end of the heading line: who is signed in, a sign-out form. */
  aside?: HtmlValue
  /** BCP 47. */
  language?: string
  /** Fixed text of an inline script. Never put a value into it: it is not escaped, only allowed by its hash. */
  script?: string
  /**
   * Where forms may go. `anywhere` is for the sign-in: browsers apply `form-action` to every redirect after a
   * posted form, and a sign-in ends at the client's address and wherever the client goes on from there. A list
   * names the other sites to which a form's answer may lead.
   */
  formAction?: 'self' | 'anywhere' | readonly string[]
}

export interface NavigationLink {
  href: string
  label: string
  current?: boolean
}

/** A whole document and the Content-Security-Policy that belongs to it; send it with `sendPage`. */
export class Page extends Html {
  readonly contentSecurityPolicy: string

  constructor(markup: string, contentSecurityPolicy: string) {
    super(markup)
    this.contentSecurityPolicy = contentSecurityPolicy
  }
}

const STYLE_HASH = hashSource(PAGE_STYLE)

export function page(options: PageOptions): Page {
  const { title, site, body, layout = 'wide', navigation = [], sections, aside, language = 'en', script } = options
  const header = html`<header class="site">
    <strong>${site}</strong>
    ${navigation.length > 0 && html`<nav aria-label="Main">${navigation.map(navigationLink)}</nav>`}
    ${aside !== undefined && html`<div class="who">${aside}</div>`}
  </header>`

  const document = html`<!doctype html>
    <html lang="${language}">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>${title} – ${site}</title>
        <link rel="icon" href="data:," />
        ${new Html(`<style>${PAGE_STYLE}</style>`)}
      </head>
      <body class="${layout}">
        <a class="skip" href="#content">Skip to the content</a>
        ${layout === 'wide' && header}
        ${
          sections
            ? html`<div class="sections">
                <nav aria-label="${sections.label}">${sections.links.map(navigationLink)}</nav>
                <main id="content">${body}</main>
              </div>`
            : html`<main id="content">${layout === 'narrow' && html`<p class="brand">${site}</p>`} ${body}</main>`
        }
        ${script !== undefined && new Html(`<script>${script}</script>`)}
      </body>
    </html>`
  return new Page(document.toString(), policy(options))
}

function navigationLink({ href, label, current }: NavigationLink): Html {
  return current ? html`<a href="${href}" aria-current="page">${label}</a>` : html`<a href="${href}">${label}</a>`
}

function policy({ script, formAction = 'self' }: PageOptions): string {
  return [
    "default-src 'none'",
    `style-src ${STYLE_HASH}`,
    "img-src 'self' data:",
    ...(script === undefined ? [] : [`script-src ${hashSource(script)}`, "connect-src 'self'"]),
    ...(formAction === 'anywhere'
      ? []
      : [`form-action ${["'self'", ...(formAction === 'self' ? [] : formAction)].join(' ')}`]),
    "frame-ancestors 'none'",
    "base-uri 'none'",
  ].join('; ')
}

function hashSource(text: string): string {
  return `'sha256-${createHash('sha256').update(text).digest('base64')}'`
}
