/**
 * Shared features of all sites with pages: posted forms, cookies, security headers, and a token that proves that a
 * posted form came from one of the site's own pages.
 */
import cookie from '@fastify/cookie'
import formbody from '@fastify/formbody'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { createHash, randomBytes, timingSafeEqual } from 'node:crypto'
import { type Html, html } from './html.ts'
import { page, type Page } from './page.ts'
import { hidden } from './page-pieces.ts'

declare module 'fastify' {
  interface FastifyContextConfig {
    /** `false` for requests from programs, which carry their credentials in the request instead of a cookie. */
    antiForgery?: boolean
  }
  interface FastifyRequest {
    /** Name of the cookie to which this site's anti-forgery tokens are bound. */
    canaryCookie: string
  }
}

/** Field with the token, named as on Microsoft's sign-in pages. */
export const ANTI_FORGERY_FIELD = 'canary'

const COOKIE_BYTES = 32

/**
 * Adds pages to `site`. Sites on one host share cookies regardless of their ports, so each has its own `name`. A form
 * post without the token gets 403, unless its route sets `antiForgery: false`.
 */
export function registerPages(site: FastifyInstance, { name, title }: { name: string; title: string }): void {
  const cookieName = `${name}-canary`
  site.decorateRequest('canaryCookie', cookieName)
  void site.register(cookie)
  void site.register(formbody, { parser: (text) => new URLSearchParams(text) as unknown as Record<string, unknown> })

  site.addHook('onRequest', async (_request, reply) => {
    reply.headers({
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'strict-origin-when-cross-origin',
      'x-frame-options': 'DENY',
    })
  })
  site.addHook('preHandler', async (request, reply) => {
    const { method, routeOptions } = request
    if (method === 'GET' || method === 'HEAD' || request.is404 || routeOptions.config.antiForgery === false) return
    // A page of another origin could also send plain text or an empty body.
    if (!(request.body instanceof URLSearchParams)) return sendPage(reply, noFormPage(title), 415)
    if (isOwn(request, cookieName)) return
    return sendPage(reply, forgedPage(title), 403)
  })
}

/** Hidden field for a form that changes data; sets the cookie to which it is bound. */
export function antiForgery(request: FastifyRequest, reply: FastifyReply): Html {
  let value = request.cookies[request.canaryCookie]
  if (value === undefined || value.length < COOKIE_BYTES) {
    value = randomBytes(COOKIE_BYTES).toString('base64url')
    reply.setCookie(request.canaryCookie, value, { path: '/', httpOnly: true, sameSite: 'lax' })
    request.cookies[request.canaryCookie] = value
  }
  return hidden(ANTI_FORGERY_FIELD, tokenFor(value))
}

/** Fields of a posted form; empty when the request has none. */
export function readForm(request: FastifyRequest): URLSearchParams {
  return request.body instanceof URLSearchParams ? request.body : new URLSearchParams()
}

export function sendPage(reply: FastifyReply, document: Page, status = 200): FastifyReply {
  return reply
    .code(status)
    .headers({
      'content-type': 'text/html; charset=utf-8',
      'content-security-policy': document.contentSecurityPolicy,
      'cache-control': 'no-store',
    })
    .send(document.toString())
}

function isOwn(request: FastifyRequest, cookieName: string): boolean {
  const value = request.cookies[cookieName]
  const given = readForm(request).get(ANTI_FORGERY_FIELD)
  if (value === undefined || given === null) return false
  const [expected, actual] = [Buffer.from(tokenFor(value)), Buffer.from(given)]
  return expected.length === actual.length && timingSafeEqual(expected, actual)
}

function tokenFor(cookieValue: string): string {
  return createHash('sha256').update(`canary ${cookieValue}`).digest('base64url')
}

function forgedPage(title: string): Page {
  return refusedPage(
    title,
    'Open the page again',
    'This form was too old, or it did not come from one of our own pages. Go back, load the page again and send it ' +
      'once more. Cookies must be allowed.',
  )
}

function noFormPage(title: string): Page {
  return refusedPage(title, 'This request was not understood', 'A form was expected.')
}

function refusedPage(site: string, title: string, why: string): Page {
  return page({
    title,
    site,
    layout: 'narrow',
    body: html`<div class="card">
      <h1>${title}</h1>
      <p>Nothing was changed. ${why}</p>
    </div>`,
  })
}
