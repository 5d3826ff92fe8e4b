import type { FastifyReply, FastifyRequest } from 'fastify'
import { AppError, fillText } from '../kernel/errors.ts'
import type { Log } from '../kernel/log.ts'
import { renderResultPage, RESULT_PAGE_POLICY } from './oauth/result-page.ts'
import { answerError } from './problem.ts'
import { TEXTS } from './texts.ts'

/** Paths that programs on the same machine or network request under any name. */
const EXEMPT = new Set(['/livez', '/readyz', '/healthz', '/metrics'])

/** Counts the redirects of one browser. Cookies apply to all ports of a host, so a lost port keeps the count. */
const COUNTER = 'postkey.redirects'
const COUNTER_SECONDS = 5
/** A browser that used another name needs a single redirect. */
const MOST_REDIRECTS = 3
const COUNTER_ATTRIBUTES = 'Path=/; HttpOnly; SameSite=Lax'

/**
 * Redirects requests for another host (`127.0.0.1` instead of `localhost`) to PUBLIC_URL before a session cookie is
 * set. Microsoft redirects the browser to PUBLIC_URL, which does not receive a cookie of another host.
 *
 * `X-Forwarded-Host` of a proxy that sets its own name in `Host` is trusted for this purpose only. A proxy that sends
 * neither, or `Host` without the port, causes a loop. After three redirects within seconds, the response is a page with
 * the fix, and the log contains it once.
 *
 * @see https://www.rfc-editor.org/rfc/rfc9110#section-15.4.9
 */
export function createCanonicalAddress({ publicUrl, log }: { publicUrl: URL; log: Log }) {
  let isLogged = false

  return async (request: FastifyRequest, reply: FastifyReply): Promise<void> => {
    const path = request.url.split('?', 1)[0]!
    const redirects = countOf(request.headers.cookie)
    if (EXEMPT.has(path)) return
    if (isOurs(request.headers.host) || isOurs(request.headers['x-forwarded-host'])) {
      if (redirects > 0) void reply.header('set-cookie', `${COUNTER}=; Max-Age=0; ${COUNTER_ATTRIBUTES}`)
      return
    }
    if (redirects >= MOST_REDIRECTS) return explainLoop(request, reply)
    // Concatenated as text, because a path such as //elsewhere.example must not become another host.
    await reply
      .header('cache-control', 'no-store')
      .header('set-cookie', `${COUNTER}=${redirects + 1}; Max-Age=${COUNTER_SECONDS}; ${COUNTER_ATTRIBUTES}`)
      .redirect(`${publicUrl.origin}${request.url}`, 308)
  }

  async function explainLoop(request: FastifyRequest, reply: FastifyReply): Promise<void> {
    const host = (request.headers.host ?? '').slice(0, 300)
    const received = fillText(TEXTS.hostHeader, { host })
    const expected = fillText(TEXTS.hostHeader, { host: publicUrl.host })
    const error = new AppError('http.proxy_changes_host', {
      detail: fillText(TEXTS.proxyChangesHost, { received: `"${received}"`, expected: `"${expected}"` }),
    })
    if (!isLogged) {
      isLogged = true
      log.warn({ code: error.code, host, publicUrl: publicUrl.origin, fix: error.fix }, error.message)
    }
    if (!request.headers.accept?.includes('text/html')) {
      await answerError(error, request, reply)
      return
    }
    const page = renderResultPage({
      title: error.message,
      sentence: error.fix,
      facts: [
        [TEXTS.received, received],
        [TEXTS.expected, expected],
        [TEXTS.publicUrl, publicUrl.origin],
        [TEXTS.code, error.code],
      ],
      next: [],
    })
    await reply
      .code(error.status)
      .type('text/html; charset=utf-8')
      .header('content-security-policy', RESULT_PAGE_POLICY)
      .send(page)
  }

  function isOurs(host: string | string[] | undefined): boolean {
    if (typeof host !== 'string') return false
    const name = host.toLowerCase()
    return name === publicUrl.host || name === `${publicUrl.hostname}:${publicUrl.port || defaultPort(publicUrl)}`
  }
}

function countOf(cookie: string | undefined): number {
  return Number(/(?:^|; ?)postkey\.redirects=(\d)(?:;|$)/.exec(cookie ?? '')?.[1] ?? 0)
}

function defaultPort(url: URL): string {
  return url.protocol === 'https:' ? '443' : '80'
}
