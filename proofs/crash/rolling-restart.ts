/** Rolling restart: the servers end and start in turn behind a real proxy, while mail and programs use them. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { freePort } from '../../mail-servers/free-port.ts'
import { startCaddy, startNginx, stopProxy, type ProxyName } from '../../mail-servers/reverse-proxy.ts'
import type { Api } from './api.ts'

export const PROXIES: readonly ProxyName[] = ['nginx', 'caddy']
/** Time in which a proxy that checks once a second notices that a server is back; also for the fail_timeout of nginx. */
export const PROXY_NOTICES_MS = 4_000
/** A restart takes about this long: mail comes and goes all the time. */
export const RESTART_MS = 8_000
const RELOAD_MS = 1_000
const READERS = 4
const FIRST_LIMIT_MS = 60_000
const SEEN_LIMIT_MS = 20_000

export interface Front {
  port: number
  /** Makes nginx send new requests to other servers, as it has no health checks; Caddy asks `/readyz`. */
  takeOut(port: number): Promise<void>
  putBack(port: number): Promise<void>
  close(): Promise<void>
}

/** Runs the file of deploy/proxy for these servers, by plain HTTP. */
export async function startFront(name: ProxyName, folder: string, ports: readonly number[]): Promise<Front> {
  const home = join(folder, name)
  mkdirSync(home)
  const port = await freePort()
  const place = { folder: home, host: '127.0.0.1', port, upstreams: ports.map((each) => `127.0.0.1:${each}`) }
  const child = await (name === 'nginx' ? startNginx(place) : startCaddy(place))
  const file = join(home, 'nginx.conf')
  const change = async (from: string, to: string) => {
    if (name === 'caddy') return
    writeFileSync(file, readFileSync(file, 'utf8').replace(from, to))
    child.kill('SIGHUP')
    await pause(RELOAD_MS)
  }
  return {
    port,
    takeOut: (each) => change(`server 127.0.0.1:${each} `, `server 127.0.0.1:${each} down `),
    putBack: (each) => change(`server 127.0.0.1:${each} down `, `server 127.0.0.1:${each} `),
    close: () => stopProxy(child),
  }
}

/** Settings of servers behind that proxy, as an admin makes them. */
export const settingsBehind = (name: ProxyName): Record<string, string> => ({
  TRUSTED_PROXIES: 'loopback',
  // Longer than the interval and the limit of a health check, also on a busy machine.
  ...(name === 'caddy' && { POSTKEY_DRAIN_SECONDS: '6' }),
})

/** Programs that read all the time; failures are counted by the API. */
export function keepReading(api: Api): { stop(): Promise<void> } {
  const ending = new AbortController()
  const readers = Array.from({ length: READERS }, async () => {
    while (!ending.signal.aborted) {
      await api.ask('GET', '/v1/conversations?view=all&limit=20')
      await pause(20)
    }
  })
  const done = Promise.all(readers)
  done.catch(() => undefined)
  return {
    async stop() {
      ending.abort()
      await done
    },
  }
}

/**
 * Failed requests that are faults of the servers or the proxy. A timeout of the program is one of a busy machine. When
 * nginx before 1.27.4 reloads its file, it closes connections that wait for a request, also one that is on its way
 * (https://nginx.org/en/docs/http/ngx_http_core_module.html#keepalive_min_timeout); no response has begun then.
 */
export function failedRequests({ counts }: Api, proxy: ProxyName): string[] {
  const isReload = (what: string) =>
    proxy === 'nginx' && /^[A-Z]+ TypeError \((UND_ERR_SOCKET|ECONNRESET)\)$/.test(what)
  return Object.entries(counts.failed)
    .filter(([what]) => !what.endsWith('TimeoutError') && !isReload(what))
    .map(([what, count]) => `${count} requests failed: ${what}`)
}

/** Waits until a conversation is stored; returns its id. */
export async function firstConversation(api: Api): Promise<string> {
  const limit = performance.now() + FIRST_LIMIT_MS
  for (;;) {
    const path = '/v1/conversations?view=all&limit=1'
    const { conversations } = await api.ask<{ conversations: { id: string }[] }>('GET', path)
    if (conversations[0]) return conversations[0].id
    if (performance.now() > limit) throw new Error('no conversation is stored')
    await pause(200)
  }
}

export interface Viewing {
  /** Port of the server at which presence is reported, and of the one at which it must be seen. */
  at: number
  seenAt: number
  address: string
  key: string
  observerKey: string
  conversationId: string
}

/** Returns what is wrong: presence reported at one server is announced and listed at the other. */
export async function presenceFault({ at, seenAt, address, ...others }: Viewing): Promise<string | undefined> {
  const { key, observerKey, conversationId } = others
  const path = `/v1/conversations/${conversationId}/presence`
  const send = (port: number, as: string, to: string, more: RequestInit = {}) =>
    fetch(`http://127.0.0.1:${port}${to}`, {
      ...more,
      headers: {
        authorization: `Bearer ${as}`,
        'x-forwarded-host': new URL(address).host,
        ...(more.body != null && { 'content-type': 'application/json' }),
      },
    })
  const closing = AbortSignal.timeout(SEEN_LIMIT_MS)
  const stream = await send(seenAt, observerKey, '/v1/events/stream', { signal: closing })
  if (!stream.ok || !stream.body) return `the stream of ${seenAt} answers ${stream.status}`
  const report = () => send(at, key, path, { method: 'PUT', body: JSON.stringify({ activity: 'writing' }) })
  try {
    let text = ''
    let reported = false
    for await (const chunk of stream.body.pipeThrough(new TextDecoderStream())) {
      text += chunk
      if (!reported && text.includes('event: ping')) {
        reported = true
        const answer = await report()
        if (!answer.ok) return `presence at ${at} answers ${answer.status}`
      }
      if (new RegExp(`event: presence\\ndata: .*${conversationId}`).test(text)) break
    }
  } catch (error) {
    return `presence reported at ${at} was not announced at ${seenAt}: ${String(error)}`
  }
  const { viewers } = (await (await send(seenAt, observerKey, path)).json()) as { viewers: { activity: string }[] }
  const end = await send(at, key, path, { method: 'DELETE' })
  if (!end.ok) return `the end of presence at ${at} answers ${end.status}`
  return viewers.some(({ activity }) => activity === 'writing')
    ? undefined
    : `presence of ${at} is not listed at ${seenAt}`
}
