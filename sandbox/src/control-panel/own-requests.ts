import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { Settings } from '../kernel/settings.ts'

const LOOPBACK = ['localhost', '127.0.0.1', '[::1]']

/**
 * Refuses requests that do not come from this computer's user. The control panel shows all passwords and requires none,
 * so it refuses other host names (DNS rebinding) and changes requested by pages of other sites. Programs, which send
 * neither `Origin` nor `Sec-Fetch-Site`, are allowed everything.
 */
export function registerOwnRequests(site: FastifyInstance, settings: Settings): void {
  const named = [settings.listening.controlPanel, settings.named.controlPanel].map((address) => new URL(address))
  const port = new URL(settings.listening.controlPanel).port
  const names = [...LOOPBACK, ...(settings.otherHosts ?? [])].map((name) => hostWith(name.toLowerCase(), port))
  const hosts = new Set([...named.map(({ host }) => host), ...names])
  const origins = new Set([...named.map(({ origin }) => origin), ...[...hosts].map((host) => `http://${host}`)])

  site.addHook('onRequest', async (request, reply) => {
    if (!hosts.has(request.headers.host?.toLowerCase() ?? '')) {
      const address = settings.named.controlPanel
      return refuse(
        421,
        `This is the control panel of a sandbox. Its address is ${address}. The option --host allows another name.`,
      )
    }
    if (!isOwn(request, origins)) {
      return refuse(403, 'Request refused: it comes from a page of another site. No data was changed.')
    }
    return undefined

    function refuse(status: number, message: string) {
      return request.url.startsWith('/api/')
        ? reply.code(status).send({ error: { message } })
        : reply.code(status).type('text/plain; charset=utf-8').send(`${message}\n`)
    }
  })
}

/** @see https://developer.mozilla.org/docs/Web/HTTP/Reference/Headers/Sec-Fetch-Site */
function isOwn({ method, headers }: FastifyRequest, origins: ReadonlySet<string>): boolean {
  if (method === 'GET' || method === 'HEAD') return true
  const fetchSite = headers['sec-fetch-site']
  if (fetchSite !== undefined && fetchSite !== 'same-origin' && fetchSite !== 'none') return false
  return headers.origin === undefined || origins.has(headers.origin)
}

function hostWith(name: string, port: string): string {
  return port === '' ? name : `${name}:${port}`
}
