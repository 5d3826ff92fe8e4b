/**
 * Loaded before a watched program (`node --import file:…/recorder.ts?folder=…&bodies=yes`): records every HTTP exchange
 * that the program answers, one JSON line each. Outside of the program's own code, so that it records what was on the
 * wire.
 */
import { subscribe } from 'node:diagnostics_channel'
import { appendFileSync } from 'node:fs'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { basename, dirname, join } from 'node:path'
import { brotliDecompressSync, constants, gunzipSync } from 'node:zlib'
import type { Exchange } from './exchange.ts'

const { searchParams } = new URL(import.meta.url)
const withBodies = searchParams.get('bodies') === 'yes'
const program = process.argv[1] ?? ''
const name = program.includes('/sandbox/') ? 'sandbox' : 'postkey'
const file = join(searchParams.get('folder') ?? dirname(program), `${name}-${process.pid}.jsonl`)
// Programs that read the same NODE_OPTIONS but serve no requests, such as a build, publish nothing here.
if (/^(main|start)\.ts$/.test(basename(program))) subscribe('http.server.request.start', (message) => record(message))

function record(message: unknown): void {
  const { request, response } = message as { request: IncomingMessage; response: ServerResponse }
  const at = Date.now()
  const received: Buffer[] = []
  const sent: Buffer[] = []
  if (withBodies) {
    const push = request.push.bind(request)
    request.push = (chunk: unknown, encoding?: BufferEncoding) => {
      if (Buffer.isBuffer(chunk)) received.push(chunk)
      return push(chunk, encoding)
    }
    keepWritten(response, sent)
  }
  response.once('close', () => {
    const exchange: Exchange = {
      program: name,
      at,
      port: request.socket.localPort ?? 0,
      method: request.method ?? '',
      url: request.url ?? '',
      requestHeaders: pairsOf(request.rawHeaders),
      requestBody: Buffer.concat(received).toString(),
      status: response.statusCode,
      responseHead: headOf(response),
      responseBody: uncompressed(response, Buffer.concat(sent)).toString(),
    }
    appendFileSync(file, `${JSON.stringify(exchange)}\n`)
  })
}

/** The headers as sent, whichever way they were set. */
function headOf(response: ServerResponse): string {
  return (response as { _header?: string })._header ?? ''
}

/** The content that a client reads. An interrupted response is decompressed as far as it was sent. */
function uncompressed(response: ServerResponse, sent: Buffer): Buffer {
  if (sent.length === 0) return sent
  switch (/^content-encoding: (\w+)/im.exec(headOf(response))?.[1]) {
    case 'gzip':
      return gunzipSync(sent, { finishFlush: constants.Z_SYNC_FLUSH })
    case 'br':
      return brotliDecompressSync(sent, { finishFlush: constants.BROTLI_OPERATION_FLUSH })
    default:
      return sent
  }
}

function keepWritten(response: ServerResponse, sent: Buffer[]): void {
  for (const method of ['write', 'end'] as const) {
    const original = response[method].bind(response) as (...args: unknown[]) => unknown
    const keeping = (...args: unknown[]) => {
      const [chunk, encoding] = args
      if (typeof chunk === 'string') {
        sent.push(Buffer.from(chunk, typeof encoding === 'string' ? (encoding as BufferEncoding) : 'utf8'))
      } else if (chunk instanceof Uint8Array) sent.push(Buffer.from(chunk))
      return original(...args)
    }
    Object.assign(response, { [method]: keeping })
  }
}

function pairsOf(raw: readonly string[]): [string, string][] {
  return raw.flatMap((name, i): [string, string][] => (i % 2 === 0 ? [[name.toLowerCase(), raw[i + 1] ?? '']] : []))
}
