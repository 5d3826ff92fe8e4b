/** Page that shows the result of every sign-in and every consent. */
import { createHash } from 'node:crypto'
import type { Explanation } from '../../error-map/index.ts'
import { html, type Html } from '../html.ts'
import { TEXTS } from './texts.ts'

const STYLE = `
:root { color-scheme: light dark; font: 1rem/1.5 system-ui, -apple-system, "Segoe UI", Roboto, sans-serif }
body { max-width: 38rem; margin: 10vh auto 2rem; padding: 0 1rem; overflow-wrap: anywhere;
  color: light-dark(#000, #c9c9c9); background: light-dark(#fff, #242424) }
.product { font-weight: 600 }
main { padding: 1.5rem; border: 1px solid light-dark(#dee2e6, #424242); border-radius: .5rem }
h1 { margin: 0 0 .75rem; font-size: 1.4rem; line-height: 1.3 }
dl { display: grid; grid-template-columns: minmax(6rem, max-content) 1fr; gap: .25rem 1rem; font-size: .9rem }
dt { color: light-dark(#495057, #b8b8b8) } dd { margin: 0 }
.next { display: inline-block; margin: .5rem .5rem 0 0; padding: .4rem 1rem; font-weight: 600; text-decoration: none;
  color: inherit; border: 1px solid light-dark(#868e96, #828282); border-radius: .5rem }
.next:first-of-type { color: #fff; background: #0b7285; border-color: #0b7285 }
:focus-visible { outline: 2px solid light-dark(#0b7285, #3bc9db); outline-offset: 2px }
`

/** Allows only the page's style, by its hash: no script, no form, no frame, no image. */
export const RESULT_PAGE_POLICY =
  `default-src 'none'; style-src 'sha256-${createHash('sha256').update(STYLE).digest('base64')}'; ` +
  `base-uri 'none'; form-action 'none'; frame-ancestors 'none'`

export interface ResultPage {
  /** Name at the top of the page. */
  brand?: string | undefined
  title: string
  sentence: string
  facts: readonly (readonly [name: string, value: string])[]
  /** Links to the next steps, the best first; empty when the page only needs to be closed. */
  next: readonly { label: string; url: string }[]
  closing?: string | undefined
  /**
   * Explanation of Microsoft's code. Contains no commands, because the reader may be any holder of a link, without a
   * terminal.
   */
  explanation?: Pick<Explanation, 'cause' | 'whoWords' | 'where'> | undefined
}

function explained({ cause, whoWords, where }: NonNullable<ResultPage['explanation']>): Html {
  return html`<p>${cause}</p>
    <p><b>${TEXTS.whoCanFix}</b> ${whoWords}</p>
    <p><b>${TEXTS.steps}</b> ${where}</p>`
}

export function renderResultPage({ brand, title, sentence, facts, next, closing, explanation }: ResultPage): string {
  const page: Html = html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>${title} · Postkey</title>
        STYLE-HERE
      </head>
      <body>
        <p class="product">${brand ?? 'Postkey'}</p>
        <main>
          <h1>${title}</h1>
          <p>${sentence}</p>
          ${explanation && explained(explanation)}
          <dl>
            ${facts.map(
              ([name, value]) =>
                html`<dt>${name}</dt>
                  <dd>${value}</dd> `,
            )}
          </dl>
          ${closing === undefined ? undefined : html`<p>${closing}</p>`}
          ${next.map(({ label, url }) => html`<a class="next" href="${url}">${label}</a> `)}
        </main>
      </body>
    </html> `
  // Inserted without the template, because escaping would change the hash of the style.
  return page.toString().replace('STYLE-HERE', `<style>${STYLE}</style>`)
}
