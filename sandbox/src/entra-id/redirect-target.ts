import type { FastifyReply } from 'fastify'
import { html } from '../kernel/html.ts'
import { hidden } from '../kernel/page-pieces.ts'
import { page } from '../kernel/page.ts'
import { sendPage } from '../kernel/site.ts'
import { SITE_NAME } from './error-answers.ts'

export type ResponseMode = 'query' | 'fragment' | 'form_post'

/** Redirect URI and response mode of a client. Created only for a registered redirect URI. */
export interface RedirectTarget {
  /** The redirect URI; with a slash when it has no path. */
  uri: string
  mode: ResponseMode
  state: string | undefined
}

const AUTO_SUBMIT = 'document.forms[0].submit()'

/** Redirects the browser to the client with `parameters` and the client's `state`. */
export function goBack(reply: FastifyReply, way: RedirectTarget, parameters: Record<string, string>): FastifyReply {
  const { uri, mode, state } = way
  const all = { ...parameters, ...(state === undefined ? {} : { state }) }
  if (mode === 'form_post') return sendPage(reply, formPostPage(uri, all))
  const text = new URLSearchParams(all).toString()
  const separator = mode === 'fragment' ? '#' : uri.includes('?') ? '&' : '?'
  return reply.header('cache-control', 'no-store').redirect(`${uri}${separator}${text}`, 302)
}

function formPostPage(uri: string, parameters: Record<string, string>) {
  return page({
    title: 'Working…',
    site: SITE_NAME,
    layout: 'narrow',
    formAction: 'anywhere',
    script: AUTO_SUBMIT,
    body: html`<form method="post" action="${uri}" class="card">
      <h1>Back to the application</h1>
      ${Object.entries(parameters).map(([name, value]) => hidden(name, value))}
      <p>Press the button if nothing happens.</p>
      <div class="actions"><button class="primary">Continue</button></div>
    </form>`,
  })
}

/** Returns `state` as sent, without anything that resembles HTML. */
export function echoedState(state: string | undefined): string | undefined {
  return state?.replace(/<[^>]*>/g, '')
}
