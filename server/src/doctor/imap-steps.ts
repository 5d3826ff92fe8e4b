import { IMAP_ROLE, type Cloud } from '../cloud-providers/index.ts'
import type { EmailAccount } from '../email-accounts/index.ts'
import type { KnownNames } from '../error-map/index.ts'
import { AppError, CATALOGUE, isErrorCode, type Stage } from '../kernel/errors.ts'
import { hostAndPort } from '../kernel/server-address.ts'
import type { AccessTokens, ApplicationTokens, GrantSummary } from '../tokens/index.ts'
import type { PreflightCheck } from '../transports/index.ts'
import { heldUp, ok, type Finding, type Step, wrong } from './steps.ts'
import { readClaims } from './token-claims.ts'
import { TEXTS } from './texts.ts'

export const IMAP_SIGN_IN_STEP = 'imap-sign-in'

interface ImapToExamine {
  account: EmailAccount
  cloud: Cloud
  names: KnownNames
  grant: GrantSummary | undefined
  limitMs: number
  /** Checks of one attempt, shared by all lines. */
  checks: () => Promise<readonly PreflightCheck[]>
  accessTokens: Pick<AccessTokens, 'get'>
  applicationTokens: Pick<ApplicationTokens, 'get'>
}

/**
 * Steps for IMAP access to a mailbox: the server, its encryption, the sign-in. Opening a folder is a separate line for
 * every protocol.
 */
export function imapSteps(examined: ImapToExamine): Step[] {
  const { account, cloud, names, grant, limitMs, checks, accessTokens, applicationTokens } = examined
  const about = hostAndPort(cloud.imap)
  const step = (id: Step['what'], needs: string[], look: () => Promise<Finding>): Step => ({
    id,
    what: id,
    about,
    names,
    needs,
    limitMs,
    look,
  })

  async function reached(
    stages: readonly Stage[],
    before: readonly Stage[],
    title: string,
    facts = {},
  ): Promise<Finding> {
    const code = (await checks()).find(({ what }) => what === 'reads')?.code
    const stage = isErrorCode(code) ? CATALOGUE[code].stage : undefined
    if (isErrorCode(code) && stage && stages.includes(stage)) return wrong(new AppError(code), undefined, facts)
    return stage && before.includes(stage) ? heldUp(TEXTS.notReached) : ok(title, facts)
  }

  return [
    step('imap-server', [], () => reached(['connection'], [], TEXTS.imapAnswers)),
    step('imap-protection', ['imap-server'], () =>
      reached(['tls'], ['connection'], TEXTS.imapProven, { protection: cloud.imap.tls }),
    ),
    step(IMAP_SIGN_IN_STEP, ['sign-in', 'imap-protection'], async () =>
      reached(['login', 'sign-in'], ['connection', 'tls'], TEXTS.imapAccepts, await tokenFacts()),
    ),
  ]

  /** Facts about a token that was refused without an explanation: its audience and its permissions. */
  async function tokenFacts(): Promise<Record<string, string>> {
    const facts = { [TEXTS.userName]: account.address }
    try {
      if (account.principal.kind === 'application') return { ...facts, ...(await applicationFacts(account.principal)) }
      if (!grant) return facts
      const { value, scope } = await accessTokens.get(grant.id, 'exchange')
      const claims = readClaims(value)
      return {
        ...facts,
        audience: claims?.aud ?? TEXTS.opaqueToken,
        scopes: claims?.scp ?? scope.map((name) => name.slice(name.lastIndexOf('/') + 1)).join(' '),
        [TEXTS.tokenUser]: grant.userName,
      }
    } catch {
      // The reason for a missing token is part of the line itself.
      return facts
    }
  }

  async function applicationFacts({ tenantId }: { tenantId: string }): Promise<Record<string, string>> {
    const cloudProviderId = account.cloudProviderId!
    const { value } = await applicationTokens.get({ cloudProviderId, tenantId, resource: 'exchange' })
    const { aud, roles = [] } = readClaims(value) ?? {}
    return { audience: aud ?? 'not told', roles: roles.join(' ') || 'none', wanted: IMAP_ROLE }
  }
}
