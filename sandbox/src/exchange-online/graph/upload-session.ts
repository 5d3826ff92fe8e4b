import type { FastifyInstance, FastifyRequest } from 'fastify'
import { decodeJwt } from 'jose'
import type { FaultsAsked } from '../../faults/index.ts'
import type { Clock } from '../../kernel/clock.ts'
import type { Database } from '../../kernel/database.ts'
import type { Deferred } from '../../kernel/deferred.ts'
import type { Settings } from '../../kernel/settings.ts'
import type { Directory } from '../../tenants/index.ts'
import type { MailStore } from '../mail-store/index.ts'
import { GraphError } from './graph-error.ts'
import { accessDenied } from './mail-permissions.ts'
import { createMailboxAccess } from './mailbox-access.ts'
import { checkContentRange, readAttachmentItem } from './upload-session-file.ts'
import { createUploadSessions, type UploadSession } from './upload-session-table.ts'

export interface UploadSessionDeps {
  database: Database
  clock: Clock
  deferred: Deferred
  directory: Directory
  mailStore: MailStore
  settings: Settings
  faults: FaultsAsked
}

declare module 'fastify' {
  interface FastifyContextConfig {
    /** The address itself proves authorization, so the bearer check skips the route. */
    preauthenticated?: true
  }
  interface FastifyRequest {
    /** Upload session of the URL; set only on upload URLs. */
    uploadSession: UploadSession
  }
}

/** Microsoft: "up to 4 MB each time". */
const LARGEST_PIECE_BYTES = 4 * 1024 * 1024

/** As seen by the routes, after `users('…')` was converted to `users/…`. */
const UPLOAD_PATH = '/api/gv1.0/users/:user/messages/:message/AttachmentSessions/:session'

/**
 * Registers uploads of large attachments: pieces sent to a URL that needs no token.
 *
 * Pieces must arrive in order and are stored in the file, so an upload can continue after a restart. With delegated
 * permissions it is available only in the caller's own mailbox: for a shared one, Exchange answers 403 regardless of
 * permissions. This is a known issue of Microsoft's that clients have to work around.
 *
 * @see https://learn.microsoft.com/graph/outlook-large-attachments
 * @see https://github.com/microsoftgraph/microsoft-graph-docs/issues/12103 for the 403
 */
export function registerUploadSessions(site: FastifyInstance, deps: UploadSessionDeps): void {
  const { database, clock, deferred, directory, mailStore, settings } = deps
  const sessions = createUploadSessions(database, clock, deferred)
  const mailboxes = createMailboxAccess(directory, deps.faults)
  const origin = uploadOrigin(settings.named.graph, settings.otherHosts?.[0])

  for (const mailbox of ['/me', '/users/:user']) {
    for (const folder of ['', '/mailFolders/:folder']) {
      const url = `/v1.0${mailbox}${folder}/messages/:message/attachments/createUploadSession`
      site.post<{ Params: { user?: string; message: string } }>(url, async (request, reply) => {
        const { owner, callerId } = mailboxes.open(request, 'write')
        if (callerId !== undefined && callerId !== owner.id) throw accessDenied()
        const file = readAttachmentItem(request.body)
        const messageId = request.params.message
        const message = mailStore.message(owner.id, messageId)
        if (!message) throw itemNotFound()

        const { session, token } = sessions.open({
          ...file,
          appId: request.caller.appId,
          mailboxId: owner.id,
          messageKey: message.key,
          messageId,
        })
        return reply.code(201).send({
          '@odata.context': `${settings.named.graph}/v1.0/$metadata#microsoft.graph.uploadSession`,
          uploadUrl: `${origin}${messagePath(session)}/AttachmentSessions('${session.id}')?authtoken=${token}`,
          expirationDateTime: new Date(session.expiresAt).toISOString(),
          nextExpectedRanges: ['0-'],
        })
      })
    }
  }

  site.register(async (uploads) => {
    uploads.removeAllContentTypeParsers()
    uploads.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body))
    const options = { config: { preauthenticated: true }, onRequest: open, bodyLimit: LARGEST_PIECE_BYTES } as const

    uploads.put(UPLOAD_PATH, options, async (request, reply) => {
      // Read again, because another piece may have arrived while this one was received.
      const session = sessions.find(request.uploadSession.id)
      if (!session) throw itemNotFound()
      const piece = request.body instanceof Uint8Array ? request.body : new Uint8Array()
      checkContentRange(request.headers['content-range'], { ...session, pieceBytes: piece.length })

      const grown = sessions.append(session, piece)
      if (grown.receivedBytes < grown.sizeBytes) return status(grown)
      return reply.code(201).header('location', attach(grown)).header('content-length', '0').send()
    })
    uploads.get(UPLOAD_PATH, options, async ({ uploadSession }) => status(uploadSession))
    uploads.delete(UPLOAD_PATH, options, async ({ uploadSession }, reply) => {
      sessions.remove(uploadSession.id)
      return reply.code(204).send()
    })
  })

  /**
   * Refuses an `Authorization` header although the URL is sufficient: Exchange checks the header first, and Graph's
   * token is not valid there.
   *
   * @see https://github.com/microsoftgraph/msgraph-sdk-java/issues/409
   */
  async function open(request: FastifyRequest): Promise<void> {
    const { authorization } = request.headers
    if (authorization !== undefined) {
      throw new GraphError(
        401,
        'InvalidAudienceForResource',
        `The audience claim value is invalid for current resource. Audience claim is '${audienceOf(authorization)}', ` +
          `request url is '${origin}${request.originalUrl.split('?', 1)[0]!}' and resource type is 'Exchange'.`,
      )
    }
    const { session: id } = request.params as { session: string }
    const { authtoken } = request.query as { authtoken?: unknown }
    const session = sessions.find(id)
    // Unconfirmed: Exchange's error for a session that is finished, canceled or expired.
    if (!session) throw itemNotFound()
    if (typeof authtoken !== 'string' || !sessions.isToken(id, authtoken)) {
      throw new GraphError(401, 'InvalidAuthenticationToken', 'Access token validation failure.')
    }
    request.uploadSession = session
    request.throttledAs = { appId: session.appId, mailboxId: session.mailboxId }
  }

  /** Creates the attachment from the file, ends the session and returns the attachment's address. */
  function attach(session: UploadSession): string {
    const { messageKey, name, contentType, isInline, contentId } = session
    if (!mailStore.messageByKey(messageKey)) {
      sessions.remove(session.id)
      throw itemNotFound()
    }
    const content = sessions.content(session)
    const file = { kind: 'file', name, contentType, isInline, contentId, content, sourceUrl: undefined } as const
    const { id } = mailStore.addAttachment(messageKey, file)
    sessions.remove(session.id)
    return `${origin}${messagePath(session)}/Attachments('${id}')`
  }

  function status(session: UploadSession): object {
    const path = messagePath(session).replace('/api/gv1.0/', '').replaceAll('@', '%40')
    return {
      '@odata.context': `${origin}/api/gv1.0/$metadata#${path}/AttachmentSessions/$entity`,
      // Exchange capitalizes this name. Client code that reads both spellings confirms it.
      ExpirationDateTime: new Date(session.expiresAt).toISOString(),
      nextExpectedRanges: [String(session.receivedBytes)],
    }
  }

  function messagePath({ mailboxId, messageId }: UploadSession): string {
    const { tenantId } = directory.people.getUser(mailboxId)
    const message = encodeURIComponent(messageId).replaceAll('%3D', '=')
    return `/api/gv1.0/users('${mailboxId}@${tenantId}')/messages('${message}')`
  }
}

/**
 * Host that receives the pieces. It must differ from Graph's: clients add their token to every request to Graph and to
 * no other host, and Exchange refuses the token. On loopback, this is the machine's other name.
 *
 * @param otherHost further name of the sandbox
 */
export function uploadOrigin(graph: string, otherHost?: string): string {
  const url = new URL(graph)
  const others: Record<string, string> = {
    'graph.microsoft.com': 'outlook.office.com',
    localhost: '127.0.0.1',
    '127.0.0.1': 'localhost',
  }
  url.hostname = others[url.hostname] ?? otherHost ?? url.hostname
  return url.origin
}

function itemNotFound(): GraphError {
  return new GraphError(404, 'ErrorItemNotFound', 'The specified object was not found in the store.')
}

/** Unverified audience, for an error text; empty when the token is not a JWT. */
function audienceOf(authorization: string): string {
  try {
    return String(decodeJwt(authorization.replace(/^\S+ +/, '')).aud ?? '')
  } catch {
    return ''
  }
}
