import type { Cloud } from '../cloud-providers/index.ts'
import type { EgressLook, Handshake, Resolved } from '../kernel/egress-look.ts'
import { AppError, fillText } from '../kernel/errors.ts'
import type { Clock } from '../kernel/clock.ts'
import type { Egress } from '../kernel/egress.ts'
import { reasonOf } from './self-test.ts'
import { heldUp, ok, type Step, wrong } from './steps.ts'
import { TEXTS } from './texts.ts'

const CONNECT_LIMIT_MS = 8_000
const ASK_LIMIT_MS = 10_000
/**
 * Maximum clock difference in milliseconds. Tokens are used until two minutes before they expire; Microsoft allows five
 * minutes for signed assertions.
 */
export const CLOCK_LIMIT_MS = 2 * 60_000
const SOON_MS = 14 * 24 * 60 * 60_000

export interface HostDeps {
  clock: Clock
  egress: Egress
  egressLook: EgressLook
}

export const loginStep = ({ id }: Cloud) => `connection:login:${id}`
export const graphStep = ({ id }: Cloud) => `connection:graph:${id}`

/**
 * Steps for each host of a cloud: name resolution, egress guard, TLS connection. Compares the local clock with
 * Microsoft's afterward.
 */
export function hostSteps(cloud: Cloud, deps: HostDeps): Step[] {
  return [
    ...stepsOfHost('login', new URL(cloud.authority), cloud, deps),
    clockStep(cloud, deps),
    ...stepsOfHost('graph', new URL(cloud.graphRoot), cloud, deps),
  ]
}

function stepsOfHost(part: 'login' | 'graph', url: URL, cloud: Cloud, { egressLook, clock }: HostDeps): Step[] {
  const nameId = `name:${part}:${cloud.id}`
  let found: Resolved | undefined
  return [
    {
      id: nameId,
      what: 'name',
      about: url.hostname,
      limitMs: CONNECT_LIMIT_MS,
      async look() {
        try {
          found = await egressLook.resolve(url)
        } catch (thrown) {
          const error = AppError.from(thrown)
          const isUnknown = error.code === 'egress.name_not_found'
          const told = isUnknown ? new AppError('doctor.name_unknown', { cause: error }) : error
          return wrong(told, undefined, { reason: reasonOf(error.cause) })
        }
        const { addresses, allowed } = found
        // Reports the guard's refusal here: a name that resolves to a private network is not Microsoft's.
        if (allowed.length === 0) {
          return wrong(new AppError('egress.address_refused'), undefined, { addresses: addresses.join(', ') })
        }
        return ok(TEXTS.nameFound, { [TEXTS.addresses]: allowed.slice(0, 4).join(', ') })
      },
    },
    {
      id: part === 'login' ? loginStep(cloud) : graphStep(cloud),
      what: 'connection',
      about: url.host,
      needs: [nameId],
      limitMs: CONNECT_LIMIT_MS + 2_000,
      async look() {
        const [address] = found?.allowed ?? []
        if (address === undefined) return heldUp(TEXTS.noAddress)
        try {
          return connectionFinding(await egressLook.handshake(url, address, CONNECT_LIMIT_MS), clock.now())
        } catch (cause) {
          return wrong(new AppError('egress.unreachable', { cause }), undefined, { address, reason: reasonOf(cause) })
        }
      },
    },
  ]
}

function connectionFinding({ address, ms, tls }: Handshake, now: Date) {
  const facts = { [TEXTS.address]: address, [TEXTS.responseTime]: `${ms} ms` }
  if (!tls) return ok(TEXTS.plainHttp, facts)
  const { protocol, issuer, endsAt, distrusted } = tls
  const all = { ...facts, protocol, issuer, [TEXTS.certificateExpires]: endsAt.toISOString().slice(0, 10) }
  if (distrusted !== undefined) {
    return wrong(
      new AppError('doctor.certificate_distrusted', { cause: new Error(distrusted) }),
      fillText(TEXTS.certificateDistrusted, { issuer }),
      { ...all, reason: distrusted },
    )
  }
  const soon = endsAt.getTime() - now.getTime() < SOON_MS
  return ok(soon ? TEXTS.certificateEndsSoon : TEXTS.certificateValid, all)
}

/**
 * Compares the local clock with the Date header.
 *
 * @see https://www.rfc-editor.org/rfc/rfc9110#section-6.6.1
 */
function clockStep(cloud: Cloud, { clock, egress }: HostDeps): Step {
  return {
    id: `clock:${cloud.id}`,
    what: 'clock',
    about: new URL(cloud.authority).hostname,
    needs: [loginStep(cloud)],
    limitMs: ASK_LIMIT_MS + 2_000,
    async look() {
      const askedAt = clock.now().getTime()
      const answer = await egress.fetch(`${cloud.authority}/common/v2.0/.well-known/openid-configuration`, {
        timeoutMs: ASK_LIMIT_MS,
      })
      const answeredAt = clock.now().getTime()
      await answer.body?.cancel()
      const theirs = Date.parse(answer.headers.get('date') ?? '')
      if (Number.isNaN(theirs)) return { outcome: 'not-tried', title: TEXTS.clockUnknown }
      // The Date header is truncated to whole seconds; on average half a second is missing.
      const offMs = (askedAt + answeredAt) / 2 - (theirs + 500)
      const seconds = Math.round(Math.abs(offMs) / 1000)
      const facts = {
        [TEXTS.timeAtMicrosoft]: new Date(theirs).toISOString(),
        [TEXTS.timeHere]: new Date(answeredAt).toISOString(),
      }
      if (Math.abs(offMs) <= CLOCK_LIMIT_MS) return ok(TEXTS.clockAgrees, facts)
      return wrong(
        new AppError('doctor.clock_off'),
        fillText(offMs > 0 ? TEXTS.clockAhead : TEXTS.clockBehind, { span: wordsOf(seconds) }),
        facts,
      )
    },
  }
}

function wordsOf(seconds: number): string {
  if (seconds < 120) return fillText(TEXTS.seconds, { count: String(seconds) })
  if (seconds < 2 * 60 * 60) return fillText(TEXTS.minutes, { count: String(Math.round(seconds / 60)) })
  if (seconds < 2 * 24 * 60 * 60) return fillText(TEXTS.hours, { count: String(Math.round(seconds / 3600)) })
  return fillText(TEXTS.days, { count: String(Math.round(seconds / 86_400)) })
}
