import type { FaultsAsked, Subject } from '../../faults/index.ts'
import { GraphError } from './graph-error.ts'
import type { ODataQuery } from './odata-query.ts'
import type { TokenPurpose, TokenSeal } from './sealed-token.ts'

/** Decrypts `$skiptoken` or `$deltatoken` of a delta link; `undefined` when the request has none. */
export function openDeltaToken(
  { skipToken, deltaToken }: ODataQuery,
  seal: TokenSeal,
  purpose: TokenPurpose,
  /** Address for a new round: the same without a token. */
  restart: string,
): unknown {
  const token = skipToken ?? deltaToken
  if (token === undefined) return undefined
  const opened = seal.open(purpose, token)
  if ('value' in opened) return opened.value
  if (opened.problem === 'unknown') throw syncStateNotFound(restart)
  throw malformedDeltaToken()
}

function malformedDeltaToken(): GraphError {
  return new GraphError(400, 'InvalidSyncStateData', 'Synchronization state data is corrupt or otherwise invalid.')
}

/** Checks that no fault invalidates the link. @throws GraphError 410 */
export function checkDeltaLink(faults: FaultsAsked, subject: Subject, restart: string): void {
  const lost = faults.ask('graph.delta', subject)
  if (lost) throw lost.code === 'resyncRequired' ? resyncRequired(restart) : syncStateNotFound(restart)
}

/** Error for a token that was valid before, or in another mailbox. */
export function syncStateNotFound(restart: string): GraphError {
  return new GraphError(410, 'syncStateNotFound', 'The sync state generation is not found.', { location: restart })
}

/** Error for a token whose changes the server no longer stores. */
export function resyncRequired(restart: string): GraphError {
  return new GraphError(
    410,
    'resyncRequired',
    "Resync required. Replace any local items with the server's version of the items.",
    { location: restart },
  )
}
