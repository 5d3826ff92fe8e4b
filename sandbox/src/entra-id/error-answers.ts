import { html } from '../kernel/html.ts'
import { page, type Page } from '../kernel/page.ts'
import type { Settings } from '../kernel/settings.ts'
import { AADSTS, type EntraError, type Errors } from './aadsts.ts'
import { type RequestContext, formatTimestamp } from './request-context.ts'

/** Name of the site on all of its pages. */
export const SITE_NAME = 'Sandbox sign-in'

/** Renders an error for each edge: JSON at the token endpoint, parameters at a redirect URI, a page for browsers. */
export interface ErrorAnswers {
  status(error: EntraError): number
  body(error: EntraError, context: RequestContext): Record<string, unknown>
  parameters(error: EntraError, context: RequestContext): Record<string, string>
  page(error: EntraError, context: RequestContext): Page
}

export function createErrorAnswers(errors: Errors, settings: Settings): ErrorAnswers {
  const uriOf = (code: number) => `${settings.named.login}/error?code=${code}`

  /** Newer responses join the lines with spaces, older ones with CRLF. */
  function describe(error: EntraError, { traceId, correlationId, at }: RequestContext): string {
    return `${error.message} Trace ID: ${traceId} Correlation ID: ${correlationId} Timestamp: ${formatTimestamp(at)}`
  }

  return {
    status: (error) => errors.stringsOf(error).status,
    body(error, context) {
      const { error: oauthError, suberror } = errors.stringsOf(error)
      return {
        error: oauthError,
        error_description: describe(error, context),
        error_codes: [error.code],
        timestamp: formatTimestamp(context.at),
        trace_id: context.traceId,
        correlation_id: context.correlationId,
        error_uri: uriOf(error.code),
        ...(suberror === undefined ? {} : { suberror }),
        ...(error.claims === undefined ? {} : { claims: error.claims }),
      }
    },
    parameters(error, context) {
      const { error: oauthError, suberror } = errors.stringsOf(error)
      return {
        error: oauthError,
        error_description: describe(error, context),
        error_uri: uriOf(error.code),
        ...(suberror === undefined ? {} : { suberror }),
        ...(error.claims === undefined ? {} : { claims: error.claims }),
      }
    },
    page(error, { traceId, correlationId, at }) {
      return page({
        title: 'Sign in',
        site: SITE_NAME,
        layout: 'narrow',
        body: html`<div class="card">
          <h1>Sorry, but we’re having trouble signing you in.</h1>
          <p>${error.message}</p>
          <h2>Troubleshooting details</h2>
          <p class="quiet small">If you contact your administrator, send this info to them.</p>
          <dl>
            <dt>Error code</dt>
            <dd id="error-code">${error.code}</dd>
            <dt>Request Id</dt>
            <dd>${traceId}</dd>
            <dt>Correlation Id</dt>
            <dd>${correlationId}</dd>
            <dt>Timestamp</dt>
            <dd>${formatTimestamp(at)}</dd>
          </dl>
          <p class="small"><a href="${uriOf(error.code)}">What this error means</a></p>
        </div>`,
      })
    },
  }
}

/** The error look-up page, `/error?code=N`; accepts `AADSTS50011` as well. */
export function errorLookUpPage(code: string | undefined): Page {
  const wanted = code === undefined ? undefined : AADSTS.get(Number(code.replace(/^AADSTS/i, '')))
  return page({
    title: 'Error look-up',
    site: SITE_NAME,
    layout: 'narrow',
    body: html`<div class="card">
      <h1>Look up an error</h1>
      <form method="get" action="/error">
        <div class="field">
          <label for="code">Error code</label>
          <p class="hint" id="code-hint">The number after AADSTS.</p>
          <input
            type="text"
            id="code"
            name="code"
            value="${code ?? ''}"
            inputmode="numeric"
            aria-describedby="code-hint"
          />
        </div>
        <div class="actions"><button class="primary">Look up</button></div>
      </form>
      ${
        wanted &&
        html`<h2>AADSTS${wanted.code}</h2>
          <p>${wanted.text}</p>
          <dl>
            <dt>error</dt>
            <dd class="code">${wanted.error}</dd>
            ${
              wanted.suberror !== undefined &&
              html`<dt>suberror</dt>
                <dd class="code">${wanted.suberror}</dd>`
            }
            <dt>Evidence</dt>
            <dd>${wanted.evidence}</dd>
          </dl>`
      }
      ${code !== undefined && !wanted && html`<p>No error with the code “${code}” is known here.</p>`}
    </div>`,
  })
}
