import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

/** One recorded HTTP request with its response. */
export interface Exchange {
  program: 'postkey' | 'sandbox'
  /** Time of the request, in milliseconds since 1970. */
  at: number
  port: number
  method: string
  /** Path and query. */
  url: string
  requestHeaders: readonly (readonly [name: string, value: string])[]
  requestBody: string
  status: number
  /** Status line and headers. */
  responseHead: string
  responseBody: string
}

/** Value for `NODE_OPTIONS` with which the programs of a start record their exchanges in `folder`. */
export function recorderOption(folder: string, { bodies }: { bodies: boolean }): string {
  const recorder = new URL('recorder.ts', import.meta.url)
  recorder.search = new URLSearchParams({ folder, bodies: bodies ? 'yes' : 'no' }).toString()
  return `--import=${recorder.href}`
}

/** All complete exchanges. A line that is being written, or was when its program was killed, is left out. */
export function readExchanges(folder: string): Exchange[] {
  return readdirSync(folder)
    .filter((file) => file.endsWith('.jsonl'))
    .flatMap((file) => readFileSync(join(folder, file), 'utf8').split('\n').slice(0, -1))
    .map((line) => JSON.parse(line) as Exchange)
}

/** `GET /v1/people/:id` for `GET /v1/people/0198…?a=b`. */
export function toRoute({ method, url }: Pick<Exchange, 'method' | 'url'>): string {
  const path = (url.split('?')[0] ?? '').replaceAll(/\/[\da-f]{8}-[\da-f-]{27}(?=\/|$)/g, '/:id')
  return `${method} ${path}`
}
