import { promisify } from 'node:util'
import { gzip } from 'node:zlib'
import type { FastifyReply, FastifyRequest } from 'fastify'

const compress = promisify(gzip)
/** Size below which the response fits into one packet anyway. */
const MIN_CHARACTERS = 1400

/**
 * Compresses the response of a route with `compress`, off the main thread.
 *
 * @see RFC 9110 §12.5.3
 */
export async function compressJson(request: FastifyRequest, reply: FastifyReply, payload: unknown): Promise<unknown> {
  if (typeof payload !== 'string' || reply.statusCode !== 200) return payload
  void reply.header('vary', 'accept-encoding')
  if (payload.length < MIN_CHARACTERS || !acceptsGzip(request.headers['accept-encoding'])) return payload
  const compressed = await compress(payload)
  void reply.header('content-encoding', 'gzip').header('content-length', compressed.length)
  return compressed
}

/** Quality 0 refuses an encoding. */
function acceptsGzip(header: string | string[] | undefined): boolean {
  return [header ?? '']
    .flat()
    .join()
    .split(',')
    .some((part) => {
      const [name, ...parameters] = part.split(';').map((each) => each.trim().toLowerCase())
      return name === 'gzip' && !parameters.some((each) => /^q=0(?:\.0*)?$/.test(each))
    })
}
