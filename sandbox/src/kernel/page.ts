/**
 * Layout and security policy of every page of the sandbox. Modules write the body with {@link html} and these building
 * blocks. Pages without scripts need no JavaScript, and no script is loaded from elsewhere.
 */
import { createHash } from 'node:crypto'
import { Html, html, type HtmlValue } from './html.ts'
import { PAGE_STYLE } from './page-style.ts'

export interface PageOptions {
  /** Purpose of the page; precedes the site's name in the browser's title. */
  title: string
  /** Name of the site, shown above the page. */
  site: string
  body: HtmlValue
  /** `narrow` for a single question (a sign-in), `wide` for other pages. */
  layout?: 'narrow' | 'wide'
  navigation?: readonly NavigationLink[]
  /** Navigation between related pages, beside the body, or above it on a small screen. */
  sections?: { label: string; links: readonly NavigationLink[] }
  /** Content at the end of the heading line: the signed-in user, a sign-out form. */
  aside?: HtmlValue
  /** BCP 47 language tag. */
  language?: string
  /** Fixed text of an inline script. Never insert a value: it is not escaped, only allowed by its hash. */
  script?: string
  /**
   * Allowed targets of forms. `anywhere` is for the sign-in: browsers apply `form-action` to every redirect after a
   * posted form, and a sign-in ends at the client's address and its further redirects. A list names the other sites to
   * which a form's response can redirect.
   */
  formAction?: 'self' | 'anywhere' | readonly string[]
}

export interface NavigationLink {
  href: string
  label: string
  current?: boolean
}

/** A whole document with its Content-Security-Policy; sent by `sendPage`. */
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
