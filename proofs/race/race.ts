/** One mode of the race: processes with many callers each, through many expiries of one grant, some of them killed. */
import type { CloudProviderId, GrantId } from '../../server/src/kernel/ids.ts'
import { Secret } from '../../server/src/kernel/secret.ts'
import type { CountingAuthorizationServer, Rotation } from './authorization-server.ts'
import type { openRooms, Stage } from './rooms.ts'
import type { Crew } from './worker-group.ts'
import type { CallerResult, Point } from './worker.ts'

export interface Mode {
  name: string
  rotation: Rotation
  /** Points at which processes are killed, one after the other. */
  kills: readonly Point[]
}

export const MODES: readonly Mode[] = [
  { name: 'lenient', rotation: 'lenient', kills: ['before-request', 'after-save'] },
  { name: 'strict', rotation: 'strict', kills: ['before-request', 'after-save'] },
  { name: 'strict-in-flight', rotation: 'strict', kills: ['answered'] },
  { name: 'lenient-in-flight', rotation: 'lenient', kills: ['answered'] },
]

const LOST = 'tokens.grant_lost_in_flight'
/** Both resources of the grant expire together. */
const EXPIRIES_A_ROUND = 2
/** One round in five loses a process. */
const KILL_EVERY = 5

export interface Line {
  mode: string
  expiries: number
  refreshes: number
  replays: number
  familiesEnded: number
  wrongAudience: number
  killedBeforeRequest: number
  killedAfterSave: number
  killedInFlight: number
  /** Times the grant stood in `needs-sign-in`, and with the reason that is its own. */
  needsSignIn: number
  lostInFlight: number
  /** Callers in processes that lived on, and got neither a token nor that reason. */
  unserved: number
  seconds: number
}

export interface RaceDeps {
  stage: Stage
  rooms: Awaited<ReturnType<typeof openRooms>>
  crew: Crew
  server: CountingAuthorizationServer
  providerId: CloudProviderId
  lifetimeMs: number
}

export async function runMode({ name, rotation, kills }: Mode, expiries: number, deps: RaceDeps): Promise<Line> {
  const { rooms, crew, server, lifetimeMs } = deps
  const startedAt = performance.now()
  Object.assign(server, { rotation, refreshes: 0, replays: 0, familiesEnded: 0 })
  const killed: Record<Point, number> = { 'before-request': 0, answered: 0, 'after-save': 0 }
  const counts = { wrongAudience: 0, needsSignIn: 0, lostInFlight: 0, unserved: 0 }

  async function round(grantId: GrantId, killAt?: Point): Promise<CallerResult[]> {
    const { results, wasKilled } = await crew.round({ nowMs: rooms.time.nowMs, grantId }, killAt)
    if (killAt && wasKilled) killed[killAt]++
    counts.wrongAudience += results.filter(({ audience, resource }) => audience && audience !== resource).length
    return results
  }

  const grantId = await signIn(deps)
  const rounds = Math.ceil(expiries / EXPIRIES_A_ROUND)
  for (let number = 1; number <= rounds; number++) {
    rooms.time.nowMs += lifetimeMs
    const killAt = number % KILL_EVERY === 0 ? kills[(number / KILL_EVERY) % kills.length] : undefined
    let results = await round(grantId, killAt)
    const { state, stateReason } = await rooms.vault.summary(grantId)
    if (state === 'needs-sign-in') {
      counts.needsSignIn++
      if (stateReason === LOST) counts.lostInFlight++
      counts.unserved += results.filter(({ audience, code }) => audience === undefined && code !== LOST).length
      // A person signs in again, and what had expired is asked for once more.
      await signIn(deps)
      results = await round(grantId)
    }
    counts.unserved += results.filter(({ audience }) => audience === undefined).length
  }

  const { refreshes, replays, familiesEnded } = server
  return {
    mode: name,
    expiries: rounds * EXPIRIES_A_ROUND,
    refreshes,
    replays,
    familiesEnded,
    killedBeforeRequest: killed['before-request'],
    killedAfterSave: killed['after-save'],
    killedInFlight: killed.answered,
    ...counts,
    seconds: Math.round((performance.now() - startedAt) / 100) / 10,
  }
}

/** Stores the result of a sign-in at Microsoft: a refresh token, and expired access tokens. */
async function signIn({ rooms, server, providerId, stage }: RaceDeps): Promise<GrantId> {
  const scopes = ['https://graph.microsoft.com/Mail.ReadWrite', 'https://outlook.office.com/IMAP.AccessAsUser.All']
  const now = rooms.clock.now()
  const tenantId = '5f9c1c3e-6d1b-4a57-9b1e-2c0a8f3d7e11'
  const { id } = await rooms.vault.keep({
    cloudProviderId: providerId,
    tenantId,
    objectId: '00000000-0000-4000-8000-000000000003',
    userName: 'ben@contoso.example',
    displayName: 'Ben Ito',
    scopesRequested: scopes,
    scopesGranted: scopes,
    refreshToken: new Secret(server.signIn()),
    refreshTokenAt: now,
    refreshTokenEndsAt: undefined,
    refreshDueAt: now,
    createdAt: now,
    cloud: 'global',
    authority: `${stage.authority}/${tenantId}`,
    accessTokens: {},
  })
  return id
}

/** Promises that a line breaks. */
export function brokenPromises(line: Line, { kills, rotation }: Mode): string[] {
  const { expiries, refreshes, replays, familiesEnded, wrongAudience, killedInFlight, needsSignIn } = line
  const endsFamilies = rotation === 'strict' ? killedInFlight : 0
  const killedAll = line.killedBeforeRequest + line.killedAfterSave + killedInFlight
  const promises: [string, boolean][] = [
    ['a process was killed at each point', kills.every((point) => killedAt(line, point) > 0) && killedAll > 0],
    [
      'one refresh for each expiry, and one more for each answer that was lost',
      refreshes === expiries + killedInFlight,
    ],
    ['a refresh token is replayed only after its answer was lost', replays === endsFamilies],
    ['a family ends only then', familiesEnded === endsFamilies],
    ['the grant then needs a sign-in', needsSignIn === endsFamilies],
    ['with the reason that is its own', line.lostInFlight === endsFamilies],
    ['a token is handed out for its own resource', wrongAudience === 0],
    ['every caller in a process that lives is served', line.unserved === 0],
  ]
  return promises.flatMap(([promise, isKept]) => (isKept ? [] : [promise]))
}

function killedAt(line: Line, point: Point): number {
  const at = {
    'before-request': line.killedBeforeRequest,
    answered: line.killedInFlight,
    'after-save': line.killedAfterSave,
  }
  return at[point]
}
