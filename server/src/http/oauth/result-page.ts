/** The page on which every sign-in and every consent ends: what happened, for which mailbox, as whom, what next. */
import { createHash } from 'node:crypto'
import type { AuthorizationOutcome } from '../../tokens/index.ts'
import { html, type Html } from '../html.ts'

const STYLE = `
:root { color-scheme: light dark; font: 1rem/1.5 system-ui, sans-serif }
body { max-width: 38rem; margin: 12vh auto 0; padding: 0 1.25rem }
h1 { font-size: 1.5rem; line-height: 1.25 }
dl { display: grid; grid-template-columns: max-content 1fr; gap: .25rem 1rem }
dt { opacity: .7 } dd { margin: 0; overflow-wrap: anywhere }
.next { display: inline-block; margin-top: 1rem; padding: .5rem 1rem; border: 1px solid; border-radius: .5rem }
`

/** The style of the page by its hash, and nothing else: no script, no form, no frame, no image. */
export const RESULT_PAGE_POLICY =
  `default-src 'none'; style-src 'sha256-${createHash('sha256').update(STYLE).digest('base64')}'; ` +
  `base-uri 'none'; form-action 'none'; frame-ancestors 'none'`

export interface ResultPage {
  title: string
  sentence: string
  facts: readonly (readonly [name: string, value: string])[]
  next: { label: string; url: string }
}

export function resultPageOf(outcome: AuthorizationOutcome, publicUrl: URL, traceId: string): ResultPage {
  const wanted = outcome.wantedAddress === undefined ? [] : ([['Mailbox', outcome.wantedAddress]] as const)
  const back = new URL('/', publicUrl).href
  switch (outcome.kind) {
    case 'granted':
      return {
        title: outcome.renewed ? 'The sign-in is renewed' : 'The sign-in is done',
        sentence:
          outcome.scopesMissing.length === 0
            ? 'Microsoft has allowed everything that was asked for.'
            : 'Microsoft has allowed less than was asked for. An Entra admin can allow the rest by admin consent.',
        facts: [
          ...wanted,
          ['Signed in as', `${outcome.displayName} (${outcome.userName})`],
          ['Organization', outcome.tenantId],
          ...(outcome.scopesMissing.length > 0 ? [['Missing', outcome.scopesMissing.join(', ')] as const] : []),
        ],
        next: { label: outcome.renewed ? 'Back to Postkey' : 'Go on in Postkey: associate the mailbox', url: back },
      }
    case 'consented':
      return {
        title: 'The organization has consented',
        sentence:
          'Mailboxes of this organization can be connected now. Next, the owner of the mailbox (or a delegate, for a ' +
          'shared one) signs in at Microsoft.',
        facts: [...wanted, ['Organization', outcome.tenantId]],
        next: { label: 'Go on to the sign-in', url: outcome.next },
      }
    case 'failed':
      return {
        title: outcome.error.message,
        sentence: outcome.error.fix,
        facts: [
          ...wanted,
          ...(outcome.people
            ? ([
                ['Signed in as', outcome.people.signedIn],
                ['Expected', outcome.people.expected],
              ] as const)
            : []),
          ...upstreamFacts(outcome.error.upstream),
          ['Code', outcome.error.code],
          ['Trace', traceId],
        ],
        next: { label: 'Back to Postkey', url: back },
      }
  }
}

export function renderResultPage({ title, sentence, facts, next }: ResultPage): string {
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
          <p><a class="next" href="${next.url}">${next.label}</a></p>
        </main>
      </body>
    </html> `
  // Not by the template: it is ours, and its hash is of it unescaped.
  return page.toString().replace('STYLE-HERE', `<style>${STYLE}</style>`)
}

function upstreamFacts(
  upstream: { error?: string; errorCodes?: readonly number[]; correlationId?: string } | undefined,
) {
  const facts: [string, string][] = []
  if (upstream?.error !== undefined) facts.push(['Microsoft said', upstream.error])
  if (upstream?.errorCodes?.length) facts.push(['Its code', upstream.errorCodes.map((n) => `AADSTS${n}`).join(', ')])
  if (upstream?.correlationId !== undefined) facts.push(['Correlation id', upstream.correlationId])
  return facts
}
