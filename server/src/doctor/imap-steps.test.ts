import { describe, expect, it } from 'vitest'
import { loadClouds } from '../cloud-providers/index.ts'
import type { ErrorCode } from '../kernel/errors.ts'
import type { PreflightCheck } from '../transports/index.ts'
import { imapSteps } from './imap-steps.ts'
import { ok, takeSteps, type Step } from './steps.ts'

const clouds = await loadClouds(undefined)

async function outcomesOf(code: ErrorCode | undefined) {
  const check: PreflightCheck = code ? { what: 'reads', outcome: 'wrong', code } : { what: 'reads', outcome: 'ok' }
  const steps = imapSteps({
    account: { address: 'support@contoso.example' } as never,
    cloud: clouds.get('global'),
    names: {},
    grant: undefined,
    limitMs: 1000,
    checks: async () => [check],
    accessTokens: { get: () => Promise.reject(new TypeError('nobody asks')) },
    applicationTokens: { get: () => Promise.reject(new TypeError('nobody asks')) },
  })
  const signIn: Step = { id: 'sign-in', what: 'sign-in', look: async () => ok('Somebody signed in') }
  const [, ...lines] = await takeSteps([signIn, ...steps], () => undefined)
  return lines.map(({ outcome }) => outcome)
}

describe('the IMAP steps of the doctor', () => {
  it.each([
    [undefined, ['ok', 'ok', 'ok']],
    ['egress.address_refused', ['wrong', 'not-tried', 'not-tried']],
    ['transports.imap_unreachable', ['wrong', 'not-tried', 'not-tried']],
    ['transports.imap_tls_refused', ['ok', 'wrong', 'not-tried']],
    ['transports.imap_token_refused', ['ok', 'ok', 'wrong']],
    ['tokens.scope_not_granted', ['ok', 'ok', 'wrong']],
    // Failures after the sign-in belong to the line of the folder.
    ['transports.imap_off', ['ok', 'ok', 'ok']],
  ] as const)('report one line per step: %s', async (code, outcomes) => {
    expect(await outcomesOf(code)).toEqual(outcomes)
  })
})
