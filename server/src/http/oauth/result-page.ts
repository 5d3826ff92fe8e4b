/** The page on which every sign-in and every consent ends. */
import { createHash } from 'node:crypto'
import { html, type Html } from '../html.ts'

const STYLE = `
:root { color-scheme: light dark; font: 1rem/1.5 system-ui, sans-serif }
body { max-width: 38rem; margin: 12vh auto 0; padding: 0 1.25rem }
h1 { font-size: 1.5rem; line-height: 1.25 }
dl { display: grid; grid-template-columns: max-content 1fr; gap: .25rem 1rem }
dt { opacity: .7 } dd { margin: 0; overflow-wrap: anywhere }
.next { display: inline-block; margin: 1rem .5rem 0 0; padding: .5rem 1rem; border: 1px solid; border-radius: .5rem }
`

/** The style of the page by its hash, and nothing else: no script, no form, no frame, no image. */
export const RESULT_PAGE_POLICY =
  `default-src 'none'; style-src 'sha256-${createHash('sha256').update(STYLE).digest('base64')}'; ` +
  `base-uri 'none'; form-action 'none'; frame-ancestors 'none'`

export interface ResultPage {
  title: string
  sentence: string
  facts: readonly (readonly [name: string, value: string])[]
  /** Where the person can go on, the best first; none when all that is left is to close the page. */
  next: readonly { label: string; url: string }[]
  closing?: string | undefined
}

export function renderResultPage({ title, sentence, facts, next, closing }: ResultPage): string {
  const page: Html = html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>${title} · Postkey</title>
        STYLE-HERE
      </head>
      <body>
        <main>
          <h1>${title}</h1>
          <p>${sentence}</p>
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
  // Not by the template: it is ours, and its hash is of it unescaped.
  return page.toString().replace('STYLE-HERE', `<style>${STYLE}</style>`)
}
