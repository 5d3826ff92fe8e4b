import { z } from 'zod'
import { cleanPng } from '../../connect-sessions/index.ts'
import type { ConnectSessionId } from '../../kernel/ids.ts'
import { toActor } from '../caller.ts'
import { page } from '../fields.ts'
import { IdempotencyKey } from '../idempotent-routes.ts'
import { id, idParam } from '../ids.ts'
import { connectors } from '../permit.ts'
import type { Rooms } from '../rooms.ts'
import { route } from '../route.ts'
import {
  ConnectSession,
  CreatedConnectSession,
  NewConnectSession,
  ownSessions,
  presentSession,
  readLogo,
} from './connect-session.ts'

/** A logo in base64, and the other fields. */
const BODY_BYTES = 200_000

export const createConnectSession = ({ connectSessions }: Rooms) =>
  route({
    at: 'POST /v1/connect-sessions',
    summary:
      'Creates a page on which the owner of a mailbox connects it within 24 hours. Repeated requests with the same Idempotency-Key return the same session.',
    authenticate: 'person-or-key',
    permit: connectors,
    validate: { headers: IdempotencyKey, body: NewConnectSession },
    bodyLimitBytes: BODY_BYTES,
    repeated: 'own',
    act: async ({ body, headers, caller }) => {
      const wanted = { ...body, logo: readLogo(body.logo, cleanPng) }
      const { session, url } = await connectSessions.create(wanted, toActor(caller), headers['idempotency-key'])
      return { ...presentSession(session), url: url?.reveal() }
    },
    present: { status: 201, schema: CreatedConnectSession },
  })

export const listConnectSessions = ({ connectSessions }: Rooms) =>
  route({
    at: 'GET /v1/connect-sessions',
    summary: 'Lists connect sessions, newest first: those of the key, or all of them for an admin.',
    authenticate: 'person-or-key',
    permit: connectors,
    validate: { query: z.strictObject({ before: id<ConnectSessionId>().optional(), limit: page(200, 50) }) },
    act: async ({ query, caller }) => {
      const { sessions, next } = await connectSessions.list({ ...query, createdBy: ownSessions(caller) })
      return { sessions: sessions.map(presentSession), next }
    },
    present: {
      status: 200,
      schema: z.object({ sessions: z.array(ConnectSession), next: z.string().optional() }),
    },
  })

export const getConnectSession = ({ connectSessions }: Rooms) =>
  route({
    at: 'GET /v1/connect-sessions/:id',
    summary: 'Returns a connect session with its status. A key sees its own.',
    authenticate: 'person-or-key',
    permit: connectors,
    validate: { params: idParam<ConnectSessionId>() },
    hasETag: true,
    act: async ({ params, caller }) => presentSession(await connectSessions.get(params.id, ownSessions(caller))),
    present: { status: 200, schema: ConnectSession },
  })

export const cancelConnectSession = ({ connectSessions }: Rooms) =>
  route({
    at: 'DELETE /v1/connect-sessions/:id',
    summary:
      'Cancels a connect session that waits for its owner. Its page then no longer works. A key cancels its own.',
    authenticate: 'person-or-key',
    permit: connectors,
    validate: { params: idParam<ConnectSessionId>() },
    act: ({ params, caller }) => connectSessions.cancel(params.id, toActor(caller), ownSessions(caller)),
    present: { status: 204 },
  })
