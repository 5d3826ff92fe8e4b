/**
 * The web UI: files built by `npm run build`, and one page for all of its addresses. The page's policy allows scripts
 * from this server, and styles with the nonce of the same response. Frames are for the text of messages, whose own
 * policy is stricter (`messages/body-page.ts`).
 */
import { randomBytes } from 'node:crypto'
import { readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import files from '@fastify/static'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { FRAME_HEAD, framePolicy } from './messages/body-page.ts'

/** Placeholder in `web/index.html` for the nonce of a response. */
const PLACE_OF_NONCE = 'NONCE-OF-THIS-ANSWER'
/** Files of the build; the names in `assets/` contain a hash of their content. */
const FILE = /^\/(assets\/[\w-]+(?:\.[\w-]+)+|icon(?:-news)?\.svg)$/
/**
 * The empty page into which the web UI writes the text of a message that came with its conversation. It has the policy of
 * that text, and the browser keeps it, so that a message is shown without another request.
 */
const MESSAGE_FRAME = '/message-frame'
const FRAME_CACHING = 'public, max-age=3600'

/** Addresses for programs; a browser with a mistyped one gets a problem, too. */
const NOT_PAGES = /^\/(v1|mcp|graph|oauth|sign-in\/callback|healthz|livez|readyz|metrics|assets|docs)(\/|$|\?)/
const API_REFERENCE = /^\/docs\/?(?:\?|$)/
const NOT_BUILT = '<!doctype html><title>Postkey</title><p>The web UI is not built yet: <code>npm run build</code>'

/**
 * Serves the folder at every address without a route, and the page where no such file exists. The build has written
 * compressed files beside the others (`.br`, `.gz`).
 */
export async function serveWebUi(
  app: FastifyInstance,
  folder: string,
  answerNotFound: (request: FastifyRequest, reply: FastifyReply) => FastifyReply,
): Promise<void> {
  await app.register(files, { root: folder, serve: false, cacheControl: false, preCompressed: true })
  app.setNotFoundHandler(async (request, reply) => {
    const file = FILE.exec(request.url)?.[1]
    if (file !== undefined && isReading(request) && (await exists(join(folder, file)))) {
      const caching = file.startsWith('assets/') ? 'public, max-age=31536000, immutable' : 'no-cache'
      return reply.header('cache-control', caching).sendFile(file)
    }
    if (API_REFERENCE.test(request.url) && isReading(request)) return sendApiReference(reply, folder)
    if (request.url === MESSAGE_FRAME && isReading(request)) return sendMessageFrame(reply)
    if (isForPage(request)) return answerPage(reply, folder)
    return answerNotFound(request, reply)
  })
}

function sendMessageFrame(reply: FastifyReply): FastifyReply {
  return reply
    .removeHeader('x-frame-options')
    .header('content-security-policy', framePolicy(false))
    .header('cache-control', FRAME_CACHING)
    .type('text/html; charset=utf-8')
    .code(200)
    .send(`<!doctype html><html>${FRAME_HEAD}<body dir="auto" data-message-frame></body></html>`)
}

/** The reference sets its own styles; everything comes from this server (`web/api-reference.ts`). */
async function sendApiReference(reply: FastifyReply, folder: string): Promise<FastifyReply> {
  void reply.type('text/html; charset=utf-8').header('cache-control', 'no-cache')
  const page = await readFile(join(folder, 'docs.html'), 'utf8').catch(() => undefined)
  if (page === undefined) return reply.code(503).send(NOT_BUILT)
  return reply.header('content-security-policy', REFERENCE_POLICY).code(200).send(page)
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

const REFERENCE_POLICY =
  `default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; ` +
  `font-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`

function policy(nonce: string): string {
  return (
    `default-src 'none'; script-src 'self'; style-src 'self' 'nonce-${nonce}'; img-src 'self' data:; ` +
    `font-src 'self'; connect-src 'self'; frame-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'`
  )
}
