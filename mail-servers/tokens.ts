/** Minimal authorization server for mail servers: RFC 7662 introspection of tokens that a test issues. */
import { randomBytes } from 'node:crypto'
import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'

export interface Token {
  /** Address of the user who signed in. */
  user: string
  /** Addresses that `user=` may name, such as a shared mailbox; only the user's own address when absent. */
  mailboxes?: readonly string[]
  /** Allowed protocols: `imap`, `smtp` (Postfix) or `submission`; all protocols when absent. */
  protocols?: readonly string[]
  /**
   * Length of the token in characters. Tokens of Entra ID have 1,500 to 2,500, which exceeds limits of several servers.
   */
  length?: number
  expiresAt?: Date
}

export interface Tokens {
  /** Endpoint for `introspectionUrl` of Dovecot. */
  url: string
  issue(token: Token): string
  revoke(token: string): void
  /** All introspection requests so far, with the protocol and the result. */
  readonly asked: readonly { protocol: string | undefined; active: boolean }[]
  /** Responds to every request with this HTTP status from now on, for example 500; `undefined` ends it. */
  failWith(status: number | undefined): void
  stop(): Promise<void>
}

export async function startTokens(): Promise<Tokens> {
  const known = new Map<string, Token>()
  const asked: { protocol: string | undefined; active: boolean }[] = []
  let failure: number | undefined

  const server = createServer((request, response) => {
    void bodyOf(request).then((body) => {
      const protocol = request.headers['x-dovecot-auth-protocol']?.toString()
      const answer = introspect(new URLSearchParams(body).get('token') ?? '', protocol)
      asked.push({ protocol, active: answer.active })
      response.writeHead(failure ?? 200, { 'content-type': 'application/json' })
      response.end(JSON.stringify(answer))
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))

  function introspect(value: string, protocol: string | undefined) {
    const token = known.get(value)
    const expired = token?.expiresAt !== undefined && token.expiresAt.getTime() <= Date.now()
    const permitted = token?.protocols === undefined || (protocol !== undefined && token.protocols.includes(protocol))
    if (!token || expired || !permitted) return { active: false }
    const mailboxes = (token.mailboxes ?? [token.user]).map((name) =>
      name.toLowerCase().replace(/[^a-z0-9@_-]/g, (character) => `[${character}]`),
    )
    return { active: true, username: token.user, holder: 'token-holder', mailboxes: `^(${mailboxes.join('|')})$` }
  }

  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/introspect`,
    issue(token) {
      const value = randomBytes(token.length ?? 2_500)
        .toString('base64url')
        .slice(0, token.length ?? 2_500)
      known.set(value, token)
      return value
    },
    revoke: (token) => void known.delete(token),
    asked,
    failWith: (status) => void (failure = status),
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks).toString()
}
