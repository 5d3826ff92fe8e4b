import fastify from 'fastify'
import { describe, expect, it } from 'vitest'
import { html } from './html.ts'
import { checkbox, copyField, errorSummary, field, notice, select, textArea } from './page-pieces.ts'
import { page } from './page.ts'
import { antiForgery, readForm, registerPages, sendPage } from './site.ts'

describe('a site of pages', () => {
  it('accepts a form from its own page', async () => {
    const { site } = setUp()
    const opened = await site.inject('/')

    const posted = await site.inject(post({ canary: canaryIn(opened.body), name: 'Ada' }, cookieOf(opened)))

    expect(posted.body).toBe('hello Ada')
  })

  it('changes nothing for a form from another site', async () => {
    const { site } = setUp()
    const opened = await site.inject('/')

    for (const request of [
      post({ name: 'Ada' }, cookieOf(opened)),
      post({ name: 'Ada', canary: 'guessed' }, cookieOf(opened)),
      post({ name: 'Ada', canary: canaryIn(opened.body) }, ''),
    ]) {
      const answer = await site.inject(request)
      expect(answer.statusCode).toBe(403)
      expect(answer.body).toContain('Nothing was changed')
    }
  })

  it.each([
    ['text/plain', 'name=Ada'],
    ['application/json', '{"name":"Ada"}'],
    [undefined, undefined],
  ])('changes nothing for a body that is not a form: %s', async (type, payload) => {
    const { site } = setUp()
    const cookie = cookieOf(await site.inject('/'))

    for (const method of ['POST', 'PUT', 'DELETE'] as const) {
      const headers = { cookie, ...(type === undefined ? {} : { 'content-type': type }) }
      const answer = await site.inject({ method, url: '/', headers, ...(payload === undefined ? {} : { payload }) })
      expect(answer.statusCode).toBe(415)
      expect(answer.body).toContain('Nothing was changed')
    }
  })

  it('accepts program requests without the token on routes that allow it', async () => {
    const { site } = setUp()

    expect((await site.inject({ ...post({ name: 'curl' }, ''), url: '/program' })).body).toBe('hello curl')
  })

  it('answers a form posted to an unknown address with 404, not with a token error', async () => {
    const { site } = setUp()

    expect((await site.inject({ ...post({ name: 'Ada' }, ''), url: '/nowhere' })).statusCode).toBe(404)
  })

  it('forbids everything that a page does not need', async () => {
    const { site } = setUp()
    const opened = await site.inject('/')

    const policy = String(opened.headers['content-security-policy'])
    expect(policy).toMatch(/^default-src 'none'; style-src 'sha256-/)
    expect(policy).toContain("form-action 'self'")
    expect(policy).not.toContain('script-src')
    expect(opened.headers).toMatchObject({ 'x-content-type-options': 'nosniff', 'cache-control': 'no-store' })
  })

  it('omits form-action where a form ends at an external address', () => {
    const document = page({ title: 'Sign in', site: 'Test', body: '', formAction: 'anywhere' })

    expect(document.contentSecurityPolicy).not.toContain('form-action')
  })

  it('keeps multi-line text unchanged', () => {
    expect(textArea({ label: 'Text', name: 'text', value: '\nfirst\n' }).toString()).toContain(
      '>\n\nfirst\n</textarea>',
    )
  })

  it('escapes every value in a building block', () => {
    const evil = '"><script>alert(1)</script>'
    const pieces = [
      field({ label: evil, name: 'a', value: evil, hint: evil, error: evil }),
      textArea({ label: evil, name: 'b', value: evil }),
      select({ label: evil, name: 'c', value: evil, choices: [{ value: evil, label: evil }] }),
      checkbox({ label: evil, name: 'd', value: evil }),
      copyField({ label: evil, name: 'e', value: evil }),
      notice('error', evil),
      errorSummary([{ field: evil, message: evil }]),
    ]

    expect(page({ title: evil, site: evil, body: pieces }).toString()).not.toContain('<script')
  })
})

function setUp() {
  const site = fastify()
  registerPages(site, { name: 'test', title: 'Test' })
  site.register(async (scope) => {
    scope.get('/', (request, reply) =>
      sendPage(
        reply,
        page({ title: 'Hello', site: 'Test', body: html`<form method="post">${antiForgery(request, reply)}</form>` }),
      ),
    )
    scope.route({
      method: ['POST', 'PUT', 'DELETE'],
      url: '/',
      handler: (request) => `hello ${readForm(request).get('name') ?? ''}`,
    })
    scope.post(
      '/program',
      { config: { antiForgery: false } },
      (request) => `hello ${readForm(request).get('name') ?? ''}`,
    )
  })
  return { site }
}

function post(fields: Record<string, string>, cookie: string) {
  return {
    method: 'POST' as const,
    url: '/',
    headers: { 'content-type': 'application/x-www-form-urlencoded', cookie },
    payload: new URLSearchParams(fields).toString(),
  }
}

const canaryIn = (markup: string) => /name="canary" value="([^"]+)"/.exec(markup)?.[1] ?? ''
const cookieOf = (answer: { cookies: { name: string; value: string }[] }) =>
  answer.cookies.map(({ name, value }) => `${name}=${value}`).join('; ')
