import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'

/** A request that was answered. */
export interface Taken {
  /** Id in the body. */
  eventId: number
  /** `webhook-id` of the request. */
  webhookId: string
  conversationId: string
  at: number
}

/** Receives webhooks. `respond` decides the status of a path. */
export async function startReceiver(respond: (path: string) => number | Promise<number>) {
  /** Accepted requests by path, in their order. */
  const taken = new Map<string, Taken[]>()
  const listeners = new Set<() => void>()
  let refused = 0
  const server = createServer((request, response) => {
    void text(request).then(async (body) => {
      const path = request.url!
      const status = await respond(path)
      if (status === 200) {
        const event = JSON.parse(body) as { id: number; data: { conversationId: string } }
        const one = {
          ...{ eventId: event.id, webhookId: String(request.headers['webhook-id']) },
          ...{ conversationId: event.data.conversationId, at: performance.now() },
        }
        const before = taken.get(path) ?? []
        before.push(one)
        taken.set(path, before)
        for (const listener of listeners) listener()
      } else refused++
      response.writeHead(status).end()
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    ...{ host: '127.0.0.1', port: (server.address() as AddressInfo).port },
    taken: (path: string): readonly Taken[] => taken.get(path) ?? [],
    /** Calls `listener` after each accepted request. Returns a function that ends this. */
    onTaken(listener: () => void): () => void {
      listeners.add(listener)
      return () => void listeners.delete(listener)
    },
    refused: () => refused,
    close() {
      server.closeAllConnections()
      server.close()
    },
  }
}
