import { IMAP_ROLE, type Cloud } from '../cloud-providers/index.ts'
import type { EmailAccount } from '../email-accounts/index.ts'
import type { KnownNames } from '../error-map/index.ts'
import { AppError, type ErrorCode } from '../kernel/errors.ts'
import { hostAndPort } from '../kernel/server-address.ts'
import type { AccessTokens, ApplicationTokens, GrantSummary } from '../tokens/index.ts'
import type { PreflightLight } from '../transports/index.ts'
import { heldUp, ok, type Finding, type Step, wrong } from './steps.ts'
import { readClaims } from './token-claims.ts'

export const IMAP_SIGN_IN_STEP = 'imap-sign-in'

/** How far a mailbox was opened by IMAP: each code ends it at one of these, and what comes before was well. */
type Stage = 'server' | 'protection' | 'sign-in' | 'folder'

const STAGES: Readonly<Partial<Record<ErrorCode, Stage>>> = {
  'transports.imap_unreachable': 'server',
  'transports.imap_timed_out': 'server',
  'transports.imap_not_understood': 'server',
  'transports.imap_tls_refused': 'protection',
  'transports.imap_tls_missing': 'protection',
  'transports.imap_login_refused': 'sign-in',
  'transports.imap_token_refused': 'sign-in',
  'transports.imap_role_missing': 'sign-in',
  'transports.imap_no_mechanism': 'sign-in',
  'transports.imap_password_refused_here': 'sign-in',
}

interface ImapToExamine {
  account: EmailAccount
  cloud: Cloud
  names: KnownNames
  grant: GrantSummary | undefined
  limitMs: number
  /** Of one attempt, shared by all lines. */
  lights: () => Promise<readonly PreflightLight[]>
  accessTokens: Pick<AccessTokens, 'get'>
  applicationTokens: Pick<ApplicationTokens, 'get'>
}

/** The way into a mailbox by IMAP: the server, its protection, the sign-in. Whether a folder opens is a line of every road. */
export function imapSteps(examined: ImapToExamine): Step[] {
  const { account, cloud, names, grant, limitMs, lights, accessTokens, applicationTokens } = examined
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

  async function reached(stage: Stage, before: readonly Stage[], title: string, facts = {}): Promise<Finding> {
    const code = (await lights()).find(({ what }) => what === 'reads')?.code as ErrorCode | undefined
    const ended = code && stageOf(code)
    if (ended === stage) return wrong(new AppError(code!), undefined, facts)
    return ended && before.includes(ended) ? heldUp('It was not reached') : ok(title, facts)
  }

  return [
    step('imap-server', [], () => reached('server', [], 'The IMAP server answers')),
    step('imap-protection', ['imap-server'], () =>
      reached('protection', ['server'], 'The server proves who it is', { protection: cloud.imap.tls }),
    ),
    step(IMAP_SIGN_IN_STEP, ['sign-in', 'imap-protection'], async () =>
      reached('sign-in', ['server', 'protection'], 'The server accepts the sign-in', await tokenFacts()),
    ),
  ]

  /** Of what is refused without a word: for whom the token is, and what it allows. */
  async function tokenFacts(): Promise<Record<string, string>> {
    const facts = { 'user name': account.address }
    try {
      if (account.principal.kind === 'application') return { ...facts, ...(await applicationFacts(account.principal)) }
      if (!grant) return facts
      const { value, scope } = await accessTokens.get(grant.id, 'exchange')
      const claims = readClaims(value)
      return {
        ...facts,
        audience: claims?.aud ?? 'opaque, as tokens of personal accounts are',
        scopes: claims?.scp ?? scope.map((name) => name.slice(name.lastIndexOf('/') + 1)).join(' '),
        'token of': grant.userName,
      }
    } catch {
      // Why there is none is told by the line itself.
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

function stageOf(code: ErrorCode): Stage {
  const stage = STAGES[code]
  if (stage) return stage
  if (code.startsWith('egress.')) return 'server'
  return /^(?:tokens|cloud_providers)\./.test(code) ? 'sign-in' : 'folder'
}
