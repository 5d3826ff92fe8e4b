/**
 * The web UI: files that `npm run build` made, and one page for every address of it. The page's policy takes scripts from
 * this server and styles that carry the nonce of this very answer; frames are for the text of messages, whose own policy
 * is stricter (`messages/get-body.ts`).
 */
import { randomBytes } from 'node:crypto'
import { readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import files from '@fastify/static'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { AppError } from '../kernel/errors.ts'
import { answerError } from './problem.ts'

/** Stands in `web/index.html` where the nonce of an answer belongs. */
const PLACE_OF_NONCE = 'NONCE-OF-THIS-ANSWER'
/** Files of the build; the names in `assets/` hold a hash of what is in them. */
const FILE = /^\/(assets\/[\w-]+(?:\.[\w-]+)+|icon\.svg)$/
/** What programs ask; a person who mistypes an address there gets a problem as they would. */
const NOT_PAGES = /^\/(v1|graph|oauth|healthz|livez|readyz|metrics|assets)(\/|$|\?)/
const NOT_BUILT = '<!doctype html><title>Postkey</title><p>The web UI is not built yet: <code>npm run build</code>'

/** Serves the folder at every address that no route has, and its page where there is no such file. */
export async function serveWebUi(app: FastifyInstance, folder: string): Promise<void> {
  await app.register(files, { root: folder, serve: false, cacheControl: false })
  app.setNotFoundHandler(async (request, reply) => {
    const file = FILE.exec(request.url)?.[1]
    if (file !== undefined && isReading(request) && (await exists(join(folder, file)))) {
      const caching = file.startsWith('assets/') ? 'public, max-age=31536000, immutable' : 'no-cache'
      return reply.header('cache-control', caching).sendFile(file)
    }
    if (isForPage(request)) return answerPage(reply, folder)
    return answerError(new AppError('http.not_found'), request, reply)
  })
}

function isReading({ method }: FastifyRequest): boolean {
  return method === 'GET' || method === 'HEAD'
}

function isForPage(request: FastifyRequest): boolean {
  const { url, headers } = request
  return isReading(request) && !NOT_PAGES.test(url) && accepts(headers.accept, 'text/html')
}

function exists(file: string): Promise<boolean> {
  return stat(file).then(
    (found) => found.isFile(),
    () => false,
  )
}

function accepts(header: string | undefined, type: string): boolean {
  return header?.split(',').some((part) => part.trim().startsWith(type)) ?? false
}

async function answerPage(reply: FastifyReply, folder: string): Promise<FastifyReply> {
  void reply.type('text/html; charset=utf-8').header('cache-control', 'no-store')
  const page = await readFile(join(folder, 'index.html'), 'utf8').catch(() => undefined)
  if (page === undefined) return reply.code(503).send(NOT_BUILT)
  const nonce = randomBytes(16).toString('base64')
  return reply.header('content-security-policy', policy(nonce)).code(200).send(page.replaceAll(PLACE_OF_NONCE, nonce))
}

function policy(nonce: string): string {
  return (
    `default-src 'none'; script-src 'self'; style-src 'self' 'nonce-${nonce}'; img-src 'self' data:; ` +
    `font-src 'self'; connect-src 'self'; frame-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'`
  )
}
