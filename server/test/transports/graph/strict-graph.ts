import type { Egress, EgressRequest } from '../../../src/kernel/egress.ts'
import { Secret } from '../../../src/kernel/secret.ts'
import { createCallBudget, type CallBudget } from '../../../src/transports/graph/call-budget.ts'
import { createGraphTransport, type GraphTransportOptions } from '../../../src/transports/graph/graph-transport.ts'

export const GRAPH_ROOT = 'https://graph.test'

export interface Asked {
  method: string
  url: URL
  headers: Readonly<Record<string, string>>
  body: string
}

type Answering = (asked: Asked) => Response | Promise<Response>

/**
 * A scripted Graph server for tests. It counts requests and records invalid ones: a token at another origin, a wrong
 * token, a missing preference for immutable ids, more than three concurrent requests.
 */
export class StrictGraph implements Egress {
  readonly asked: Asked[] = []
  readonly complaints: string[] = []
  mostAtOnce = 0
  validToken = 'token-1'
  #running = 0
  readonly #answer: Answering

  constructor(answer: Answering) {
    this.#answer = answer
  }

  async fetch(url: string | URL, request: EgressRequest = {}): Promise<Response> {
    const { method = 'GET', headers = {}, body } = request
    const asked = { method, url: new URL(url), headers, body: typeof body === 'string' ? body : '' }
    this.asked.push(asked)
    const isGraph = asked.url.origin === GRAPH_ROOT
    if (!isGraph && headers['authorization'] !== undefined) this.complaints.push(`a token went to ${asked.url.href}`)
    if (isGraph && !headers['prefer']?.includes('IdType="ImmutableId"'))
      this.complaints.push(`mutable: ${asked.url.href}`)
    this.mostAtOnce = Math.max(this.mostAtOnce, ++this.#running)
    if (this.#running > 3) this.complaints.push(`${this.#running} requests at a time`)
    try {
      await Promise.resolve()
      if (isGraph && headers['authorization'] !== `Bearer ${this.validToken}`)
        return refusal(401, 'InvalidAuthenticationToken')
      return await this.#answer(asked)
    } finally {
      this.#running--
    }
  }

  close(): Promise<void> {
    return Promise.resolve()
  }
}

export function json(body: unknown, status = 200, headers: Record<string, string> = {}): Response {
  return new Response(JSON.stringify(body), { status, headers: { 'content-type': 'application/json', ...headers } })
}

export function refusal(status: number, code: string, headers: Record<string, string> = {}): Response {
  return json({ error: { code, message: 'words that nobody reads' } }, status, {
    'request-id': 'request-7',
    ...headers,
  })
}

/** Opens a transport on the scripted server, with a clock that only waiting advances. */
export function openStrictGraph(graph: StrictGraph, options: Partial<GraphTransportOptions> = {}) {
  let now = Date.parse('2026-11-24T10:00:00Z')
  const clock = { now: () => new Date(now) }
  const waits: number[] = []
  const discarded: (string | undefined)[] = []
  let token = 'token-1'
  const sleep = (ms: number) => {
    waits.push(ms)
    now += ms
    return Promise.resolve()
  }
  const budget: CallBudget = createCallBudget({ clock, sleep })
  const transport = createGraphTransport({
    cloud: { graphRoot: GRAPH_ROOT, scopePrefixes: { exchange: 'https://exchange.test/' }, allowsHttpLoopback: false },
    egress: graph,
    clock,
    accessToken: () => Promise.resolve({ value: new Secret(token), expiresAt: new Date(now + 3_600_000) }),
    discard: (_old, claims) => {
      discarded.push(claims)
      token = 'token-2'
      return Promise.resolve()
    },
    address: 'me',
    budget,
    sleep,
    random: () => 0,
    ...options,
  })
  return { transport, clock, waits, discarded, budget }
}

/** A message as in a first delta round. */
export function wireMessage(id: string, more: Record<string, unknown> = {}): Record<string, unknown> {
  return {
    id,
    parentFolderId: 'folder',
    internetMessageId: `<${id}@customer.example>`,
    subject: `Subject ${id}`,
    receivedDateTime: '2026-11-24T09:00:00Z',
    sentDateTime: '2026-11-24T08:59:58Z',
    isRead: false,
    isDraft: false,
    flag: { flagStatus: 'notFlagged' },
    hasAttachments: false,
    bodyPreview: 'Hello',
    body: { contentType: 'html', content: '<p>Hello</p>' },
    toRecipients: [{ emailAddress: { name: 'Support', address: 'support@contoso.example' } }],
    ccRecipients: [],
    bccRecipients: [],
    replyTo: [],
    from: { emailAddress: { name: 'Kim', address: 'kim@customer.example' } },
    sender: { emailAddress: { name: 'kim@customer.example', address: 'kim@customer.example' } },
    ...more,
  }
}
