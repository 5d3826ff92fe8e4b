import type { FastifyInstance, FastifyRequest } from 'fastify'
import { attachmentRoutes } from './attachment-routes.ts'
import { draftRoutes } from './draft-routes.ts'
import { folderDeltaRoutes } from './folder-delta.ts'
import { folderRoutes } from './folder-routes.ts'
import { toGraphError } from './graph-faults.ts'
import { idTranslationRoute } from './id-translation.ts'
import type { MailDeps, MailRoute } from './mail-call.ts'
import { createMailboxAccess } from './mailbox-access.ts'
import { messageDeltaRoutes } from './message-delta.ts'
import { messageRoutes } from './message-routes.ts'
import { readQuery } from './odata-query.ts'
import { readPreferences } from './preferences.ts'
import { createSending } from './send-mail.ts'

/** All mail routes with their required permissions, in a single table. */
export function mailRoutes(deps: MailDeps): MailRoute[] {
  return [
    ...folderRoutes(deps),
    ...folderDeltaRoutes(deps),
    ...messageRoutes(deps),
    ...messageDeltaRoutes(deps),
    ...attachmentRoutes(deps),
    ...draftRoutes(deps, createSending(deps)),
    idTranslationRoute(deps),
  ]
}

/** Registers the routes below `/me` and `/users/{id}`. Opens the mailbox before any other check. */
export function registerMailRoutes(site: FastifyInstance, deps: MailDeps): void {
  const access = createMailboxAccess(deps.directory, deps.faults)

  function checkRoom({ subject, url }: FastifyRequest): void {
    if (NEEDS_NO_ROOM.test(url.split('?', 1)[0]!)) return
    const fault = deps.faults.ask('graph.write', subject)
    if (fault) throw toGraphError(fault)
  }

  for (const { method, path, need, searches = false, ...route } of mailRoutes(deps)) {
    for (const owner of ['/me', '/users/:user']) {
      site.route({
        method,
        url: `/v1.0${owner}${path}`,
        handler: async (request, reply) => {
          const mailbox = access.open(request, need)
          if (method === 'POST') checkRoom(request)
          return route.handle({
            request,
            reply,
            mailbox,
            mailboxId: mailbox.owner.id,
            params: request.params as Record<string, string>,
            query: readQuery(request.url, { searches }),
            preferences: readPreferences(request, reply),
          })
        },
      })
    }
  }
}

/** Moving, changing or deleting a message needs no additional space. */
const NEEDS_NO_ROOM = /\/(move|permanentDelete|translateExchangeIds)$/i
