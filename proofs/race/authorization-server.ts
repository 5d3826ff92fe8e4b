/**
 * An authorization server that counts. `strict`: a refresh token works once, and a second use is treated as theft and
 * ends the whole family (RFC 9700 §4.14.2). `lenient`, like Entra ID: each use returns a new one and leaves the old one
 * valid.
 */
import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

export type Rotation = 'lenient' | 'strict'

export interface CountingAuthorizationServer {
  origin: string
  rotation: Rotation
  /** Refreshes that were answered with tokens. */
  refreshes: number
  replays: number
  familiesEnded: number
  /** A refresh token from a sign-in: the first of a family. */
  signIn(): string
  close(): void
}

/** Audience of an access token, written where only a test reads it. */
export const readAudience = (accessToken: string): string => accessToken.split('.')[0]!

export async function startCountingAuthorizationServer(lifetimeSeconds: number): Promise<CountingAuthorizationServer> {
  const tokens = new Map<string, { family: string; used: boolean }>()
  const ended = new Set<string>()

  const http = createServer((request, response) => {
    let text = ''
    request.setEncoding('utf8').on('data', (piece: string) => (text += piece))
    request.on('end', () => {
      const { status, body } = answer(new URLSearchParams(text))
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
    })
  })
  http.listen(0, '127.0.0.1')
  await once(http, 'listening')

  const server: CountingAuthorizationServer = {
    origin: `http://localhost:${(http.address() as AddressInfo).port}`,
    rotation: 'lenient',
    refreshes: 0,
    replays: 0,
    familiesEnded: 0,
    signIn: () => issue(randomUUID()),
    close() {
      http.closeAllConnections()
      http.close()
    },
  }

  function answer(form: URLSearchParams): { status: number; body: unknown } {
    const scope = form.get('scope') ?? ''
    const token = tokens.get(form.get('refresh_token') ?? '')
    if (!token || form.get('grant_type') !== 'refresh_token') return refused
    if (ended.has(token.family)) return refused
    if (server.rotation === 'strict' && token.used) {
      server.replays++
      server.familiesEnded++
      ended.add(token.family)
      return refused
    }
    token.used = true
    server.refreshes++
    const names = scope.split(' ').filter((name) => name.includes('/'))
    const audience = names.every((name) => name.startsWith('https://graph.')) ? 'graph' : 'exchange'
    return {
      status: 200,
      body: {
        token_type: 'Bearer',
        access_token: `${audience}.${randomUUID()}`,
        refresh_token: issue(token.family),
        expires_in: lifetimeSeconds,
        scope: names.join(' '),
      },
    }
  }

  function issue(family: string): string {
    const token = randomUUID()
    tokens.set(token, { family, used: false })
    return token
  }

  return server
}

const refused = { status: 400, body: { error: 'invalid_grant', error_codes: [70000] } }
