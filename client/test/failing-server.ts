import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { onTestFinished } from 'vitest'
import { createPostkeyClient, type PostkeyClient, type PostkeyClientOptions } from '../src/index.ts'

export interface ReceivedRequest {
  method: string
  url: string
  headers: IncomingMessage['headers']
  body: string
}

export type Reply = (response: ServerResponse, request: ReceivedRequest) => void

/**
 * An HTTP server on loopback that answers each request with the next reply, and all further ones with the last. Ends
 * with the test.
 */
export async function startFailingServer(
  replies: readonly Reply[],
  options: Partial<PostkeyClientOptions> = {},
): Promise<{ postkey: PostkeyClient; requests: ReceivedRequest[]; baseUrl: string }> {
  const requests: ReceivedRequest[] = []
  const server = createServer((request, response) => {
    void readBody(request).then((body) => {
      const { method = '', url = '', headers } = request
      const received = { method, url, headers, body }
      const reply = replies[Math.min(requests.push(received), replies.length) - 1]!
      reply(response, received)
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  const baseUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  return { postkey: createPostkeyClient({ baseUrl, apiKey: 'postkey_test', ...options }), requests, baseUrl }
}

export function json(body: unknown, status = 200, headers: Record<string, string> = {}): Reply {
  return (response) =>
    response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body))
}

export function problem(status: number, code: string, headers: Record<string, string> = {}): Reply {
  const body = { type: `/docs/errors/${code}`, title: 'Refused', status, detail: 'A detail', code, remedy: 'wait', fix: 'Wait.', traceId: 't-1' } // prettier-ignore
  return json(body, status, headers)
}

/** Closes the connection without an answer. */
export const cut: Reply = (response) => void response.socket!.destroy()

/** Never answers. */
export const silent: Reply = () => undefined

async function readBody(request: IncomingMessage): Promise<string> {
  let body = ''
  for await (const chunk of request.setEncoding('utf8')) body += chunk as string
  return body
}
