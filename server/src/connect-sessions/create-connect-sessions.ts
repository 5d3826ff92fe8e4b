import { createTicker } from '../kernel/ticker.ts'
import type { ConnectSession, ConnectSessions } from './connect-session.ts'
import { createSessions } from './connect-sessions.ts'
import type { ConnectSessionsDeps } from './deps.ts'
import { createConnectSessionEnds } from './session-ends.ts'
import { createReturnUrls, type ReturnUrls } from './return-urls.ts'
import { createSettlement } from './settlement.ts'
import { withResult } from './signed-result.ts'

const EVERY_MS = 30_000
const DEADLINE_MS = 5 * 60_000

export interface ConnectSessionsRoom {
  connectSessions: ConnectSessions & Pick<ReturnType<typeof createSettlement>, 'settle' | 'runDue'>
  returnUrls: ReturnUrls
}

/** Creates the room, with the service that expires sessions and connects what a stopped server has left. */
export function createConnectSessions(deps: ConnectSessionsDeps) {
  const { clock, log, publicUrl, signInLinks } = deps
  const returnUrls = createReturnUrls(deps)
  const ends = createConnectSessionEnds(deps)

  async function resultUrl(session: ConnectSession): Promise<string | undefined> {
    const signer = await returnUrls.signerOf(session.id)
    return signer && withResult(session, signer, { issuer: publicUrl, now: clock.now() })
  }

  const { onSignIn, ...settlement } = createSettlement({ ...deps, resultUrl, ends })
  signInLinks.onHostedSignIn(onSignIn)
  const ticker = createTicker({
    name: 'connect-sessions.due',
    clock,
    everyMs: EVERY_MS,
    deadlineMs: DEADLINE_MS,
    run: (over) => settlement.runDue(over),
    onError: (err) => log.warn({ err }, 'Connect sessions could not be expired or completed'),
  })
  const room: ConnectSessionsRoom = {
    connectSessions: { ...createSessions({ ...deps, returnUrls, resultUrl, ends }), ...settlement },
    returnUrls,
  }
  return { ...room, connectSessionsService: ticker }
}
