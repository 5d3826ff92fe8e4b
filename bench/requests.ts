/** Requests over connections that stay open, with as little of our own time in them as can be. */
import { Agent, request } from 'node:http'

export interface Asker {
  /** Milliseconds until the last byte, and the answer. Anything but 2xx is an error. */
  ask(path: string, more?: { method?: string; body?: unknown; headers?: Record<string, string> }): Promise<Answered>
  close(): void
}

export interface Answered {
  ms: number
  text: string
}

export function createAsker(address: string, key?: string): Asker {
  const agent = new Agent({ keepAlive: true, maxSockets: 64 })
  return {
    ask(path, { method = 'GET', body, headers = {} } = {}) {
      const began = performance.now()
      return new Promise((resolve, reject) => {
        const asked = request(
          address + path,
          {
            agent,
            method,
            headers: {
              ...(key !== undefined && { authorization: `Bearer ${key}` }),
              ...(body !== undefined && { 'content-type': 'application/json' }),
              ...headers,
            },
          },
          (answer) => {
            const chunks: Buffer[] = []
            answer.on('data', (chunk: Buffer) => chunks.push(chunk))
            answer.on('error', reject)
            answer.on('end', () => {
              const text = Buffer.concat(chunks).toString()
              const status = answer.statusCode ?? 0
              if (status < 200 || status > 299) reject(new Error(`${method} ${path}: ${status} ${text.slice(0, 500)}`))
              else resolve({ ms: performance.now() - began, text })
            })
          },
        )
        asked.on('error', reject)
        asked.end(body === undefined ? undefined : JSON.stringify(body))
      })
    },
    close: () => agent.destroy(),
  }
}

/** Runs `one` so often, so many at a time; the milliseconds that each took, and all together. */
export async function repeat(
  times: number,
  atATime: number,
  one: (n: number) => Promise<{ ms: number }>,
): Promise<{ each: number[]; allMs: number }> {
  const each: number[] = []
  let next = 0
  const began = performance.now()
  await Promise.all(
    Array.from({ length: atATime }, async () => {
      for (let n = next++; n < times; n = next++) each.push((await one(n)).ms)
    }),
  )
  return { each, allMs: performance.now() - began }
}
