import type { CheckLine, Cloud, CloudProvider, CloudProviders } from '../cloud-providers/index.ts'
import type { KnownNames } from '../error-map/index.ts'
import type { Egress } from '../kernel/egress.ts'
import { AppError, fillText, CATALOGUE, isErrorCode, knownCode } from '../kernel/errors.ts'
import { loginStep } from './host-steps.ts'
import { heldUp, ok, type Finding, spared, type Step, wrong } from './steps.ts'
import { TEXTS } from './texts.ts'

const ASK_LIMIT_MS = 10_000
const TRIAL_LIMIT_MS = 20_000

export interface ProviderDeps {
  egress: Egress
  cloudProviders: Pick<CloudProviders, 'cloudOf' | 'tryRegistration'>
  redirectUri: string
}

export const credentialStep = ({ id }: CloudProvider) => `credential:${id}`
const discoveryStep = ({ id }: CloudProvider) => `discovery:${id}`

export function namesOf(provider: CloudProvider, cloud: Cloud, redirectUri: string): KnownNames {
  const { clientId, tenantId } = provider
  return { clientId, tenantId, redirectUri, scriptNames: cloud.scriptNames ?? 'none' }
}

/**
 * Steps for one registration: its tenant, its client, a credential and the redirect URI at Microsoft. Nothing is
 * stored.
 */
export function providerSteps(provider: CloudProvider, deps: ProviderDeps): Step[] {
  const { cloudProviders, redirectUri } = deps
  const cloud = cloudProviders.cloudOf(provider)
  const names = namesOf(provider, cloud, redirectUri)
  const about = provider.name
  let trial: Promise<CheckLine[]> | undefined
  const lines = () => (trial ??= cloudProviders.tryRegistration(provider.id))

  const discovery: Step = {
    id: discoveryStep(provider),
    what: 'discovery',
    about,
    names,
    needs: [loginStep(cloud)],
    limitMs: ASK_LIMIT_MS + 2_000,
    look: () => discover(provider, cloud, deps.egress),
  }
  const tried = (what: 'client' | 'credential' | 'redirect-uri', needs: string[]): Step => ({
    id: `${what}:${provider.id}`,
    what,
    about,
    names,
    needs,
    limitMs: TRIAL_LIMIT_MS,
    look: async () => findingOf((await lines()).filter((line) => line.what === what)),
  })
  const first = [discoveryStep(provider), 'keys']
  return [
    discovery,
    tried('client', first),
    tried('credential', [...first, `client:${provider.id}`]),
    tried('redirect-uri', [...first, `client:${provider.id}`]),
  ]
}

/**
 * Reads the discovery document of the tenant.
 *
 * @see OpenID Connect Discovery 1.0 §4.3: the issuer must match the requested one
 */
async function discover({ tenantId }: CloudProvider, { authority }: Cloud, egress: Egress): Promise<Finding> {
  const answer = await egress.fetch(`${authority}/${tenantId}/v2.0/.well-known/openid-configuration`, {
    headers: { accept: 'application/json' },
    timeoutMs: ASK_LIMIT_MS,
    maxBytes: 256 * 1024,
  })
  const said: unknown = await answer.json().catch(() => undefined)
  if (!answer.ok) {
    const { error, error_codes: errorCodes } = (said ?? {}) as { error?: unknown; error_codes?: unknown }
    if (answer.status === 429 || answer.status >= 500 || typeof error !== 'string') {
      return wrong(new AppError('tokens.endpoint_unavailable', { upstream: { status: answer.status } }))
    }
    const numbers = Array.isArray(errorCodes) ? errorCodes.filter((code) => Number.isInteger(code)) : []
    const upstream = { status: answer.status, errorCodes: numbers.length > 0 ? (numbers as number[]) : [90002] }
    return wrong(new AppError('cloud_providers.tenant_unknown', { upstream }))
  }
  const { issuer } = (said ?? {}) as { issuer?: unknown }
  const expected = `${authority}/${tenantId}/v2.0`
  const facts = { issuer: typeof issuer === 'string' ? issuer.slice(0, 200) : TEXTS.none, expected }
  if (issuer !== expected) return wrong(new AppError('doctor.issuer_unexpected'), undefined, facts)
  return ok(TEXTS.issuerExpected, { issuer })
}

/**
 * Combines the results of several credentials: one valid credential is sufficient. The facts contain the result of
 * each.
 */
function findingOf(lines: readonly CheckLine[]): Finding {
  const [first] = lines
  if (!first) return spared(TEXTS.nothingTried)
  const best =
    lines.find(({ outcome }) => outcome === 'ok') ??
    lines.find(({ outcome }) => outcome === 'wrong') ??
    lines.find(({ outcome }) => outcome === 'waiting') ??
    first
  const facts =
    lines.length > 1
      ? Object.fromEntries(
          lines.map((line, at) => [fillText(TEXTS.credential, { number: String(at + 1) }), line.title]),
        )
      : {}
  switch (best.outcome) {
    case 'ok':
      return ok(best.title, facts)
    case 'wrong':
    case 'waiting':
      return wrong(
        new AppError(knownCode(best.code, 'cloud_providers.client_rejected'), { upstream: best.upstream }),
        undefined,
        facts,
      )
    case 'not-tried':
      // An inconclusive response of Microsoft blocks no other step; a missing response does.
      return isErrorCode(best.code) && CATALOGUE[best.code].stage === 'connection'
        ? heldUp(best.title, facts)
        : spared(best.title, facts)
  }
}
