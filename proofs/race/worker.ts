/**
 * One process of a server: twenty callers that want a token at the same moment. It says where it is and waits to be told
 * to go on, or to be killed there. The points are put around the ports of `createAccessTokens`: nothing of them is in the
 * product.
 */
import type { Resource } from '../../server/src/cloud-providers/index.ts'
import { AppError } from '../../server/src/kernel/errors.ts'
import type { GrantId } from '../../server/src/kernel/ids.ts'
import { createAccessTokens } from '../../server/src/tokens/access-tokens.ts'
import type { GrantVault } from '../../server/src/tokens/grant-vault.ts'
import type { TokenEndpoint } from '../../server/src/tokens/token-endpoint.ts'
import { readAudience } from './authorization-server.ts'
import { openRooms, type Stage } from './rooms.ts'

/** Between these a process may end. `answered`: Microsoft has rotated the refresh token, and we have not saved it. */
export type Point = 'before-request' | 'answered' | 'after-save'

export type ToWorker =
  | { kind: 'open'; stage: Stage }
  | { kind: 'round'; nowMs: number; grantId: GrantId; callers: number }
  | { kind: 'go-on' }

export interface CallerResult {
  resource: Resource
  /** For which server the token is that was handed out; or why there was none. */
  audience?: string
  code?: string
}

export type FromWorker = { kind: 'ready' } | { kind: 'at'; point: Point } | { kind: 'done'; results: CallerResult[] }

const RESOURCES: readonly Resource[] = ['graph', 'exchange']

let rooms: Awaited<ReturnType<typeof openRooms>>
const goOn: (() => void)[] = []

process.on('message', (message: ToWorker) => {
  void hear(message).catch((error: unknown) => {
    process.stderr.write(`${String(error)}\n`)
    process.exit(1)
  })
})
process.on('disconnect', () => process.exit(0))

async function hear(message: ToWorker): Promise<void> {
  switch (message.kind) {
    case 'open':
      rooms = await openRooms(message.stage)
      tell({ kind: 'ready' })
      return
    case 'go-on':
      for (const resolve of goOn.splice(0)) resolve()
      return
    case 'round': {
      rooms.time.nowMs = message.nowMs
      const accessTokens = createAccessTokens({
        vault: vaultWithPoints(rooms.vault),
        endpoint: endpointWithPoints(rooms.endpoint),
        clock: rooms.clock,
      })
      const callers = Array.from({ length: message.callers }, async (_, caller): Promise<CallerResult> => {
        const resource = RESOURCES[caller % RESOURCES.length]!
        try {
          const { value } = await accessTokens.get(message.grantId, resource)
          return { resource, audience: readAudience(value.reveal()) }
        } catch (error) {
          return { resource, code: AppError.from(error).code }
        }
      })
      tell({ kind: 'done', results: await Promise.all(callers) })
    }
  }
}

function endpointWithPoints(endpoint: TokenEndpoint): TokenEndpoint {
  return {
    ...endpoint,
    async refresh(...asked) {
      await at('before-request')
      const answer = await endpoint.refresh(...asked)
      await at('answered')
      return answer
    },
  }
}

function vaultWithPoints(vault: GrantVault): GrantVault {
  return {
    ...vault,
    exclusively: (id, work) =>
      vault.exclusively(id, (grant, save) =>
        work(grant, async (changed, refreshed) => {
          const saved = await save(changed, refreshed)
          if (refreshed) await at('after-save')
          return saved
        }),
      ),
  }
}

function at(point: Point): Promise<void> {
  const told = new Promise<void>((resolve) => goOn.push(resolve))
  tell({ kind: 'at', point })
  return told
}

function tell(message: FromWorker): void {
  process.send!(message)
}
