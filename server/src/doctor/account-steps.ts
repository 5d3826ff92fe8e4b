import { type Cloud, type CloudProvider, scopesFor, scopesMissing } from '../cloud-providers/index.ts'
import type { EmailAccount, EmailAccounts } from '../email-accounts/index.ts'
import type { KnownNames } from '../error-map/index.ts'
import type { Clock } from '../kernel/clock.ts'
import { AppError, CATALOGUE, isErrorCode, knownCode, fillText } from '../kernel/errors.ts'
import type {
  AccessToken,
  AccessTokens,
  ApplicationToken,
  ApplicationTokens,
  Grants,
  GrantSummary,
} from '../tokens/index.ts'
import type { PreflightCheck, PreflightResult, Transports } from '../transports/index.ts'
import { lookAtApplicationToken } from './application-token.ts'
import { graphStep } from './host-steps.ts'
import { IMAP_SIGN_IN_STEP, imapSteps } from './imap-steps.ts'
import { livingSteps } from './living-steps.ts'
import { credentialStep } from './provider-steps.ts'
import { heldUp, ok, type Finding, spared, type Step, wrong } from './steps.ts'
import { isForGraph, readClaims } from './token-claims.ts'
import { TEXTS } from './texts.ts'

const OPENING_LIMIT_MS = 25_000
export interface AccountDeps {
  clock: Clock
  grants: Pick<Grants, 'get'>
  accessTokens: Pick<AccessTokens, 'get'>
  applicationTokens: Pick<ApplicationTokens, 'get'>
  transports: Transports
  emailAccounts: Pick<EmailAccounts, 'sendTest'>
}

export interface AccountToExamine {
  account: EmailAccount
  provider: CloudProvider
  cloud: Cloud
  names: KnownNames
  grant: GrantSummary | undefined
  /** Sends a mail to the mailbox itself to prove Send As, in the name of `actor`; `undefined` sends none. */
  sendTest: { actor: string } | undefined
}

/** Steps for one mailbox: its sign-in, the permissions of its token, its capabilities, and its last successful read. */
export function accountSteps(examined: AccountToExamine, deps: AccountDeps): Step[] {
  const { account, provider, cloud, grant } = examined
  const names = {
    ...examined.names,
    address: account.address,
    person: grant?.userName,
    principal: account.principal.kind === 'grant' ? 'person' : 'application',
  } as const
  const about = account.address
  const isByImap = account.receivesBy === 'imap'
  const signedIn = grant?.userName ?? 'the application itself'
  let token: AccessToken | undefined
  let ofApplication: ApplicationToken | undefined
  let trial: Promise<PreflightResult> | undefined
  const checks = async () => (await (trial ??= open())).checks
  const open = async () => (await deps.transports.open(account)).preflight()

  const step = (what: Step['what'], needs: string[], look: Step['look'], more: Partial<Step> = {}): Step => ({
    id: what,
    what,
    about,
    names,
    needs,
    limitMs: OPENING_LIMIT_MS,
    look,
    ...more,
  })

  return [
    step('sign-in', ['keys', credentialStep(provider)], lookAtSignIn, { about: signedIn }),
    step('token', ['sign-in'], async () => lookAtAnyToken(), { about: signedIn }),
    step(
      'person',
      ['sign-in'],
      async () => (token && grant ? lookAtPerson(token, grant) : spared(TEXTS.noUserSignedIn)),
      {
        about: signedIn,
      },
    ),
    step('mailbox', ['sign-in', ...(isByImap ? [] : [graphStep(cloud)])], () => checkOf('exists', TEXTS.mailboxExists)),
    ...(isByImap ? imapSteps({ ...examined, ...deps, names, limitMs: OPENING_LIMIT_MS, checks }) : []),
    step('folder', [isByImap ? IMAP_SIGN_IN_STEP : 'mailbox'], () => checkOf('reads', TEXTS.inboxReadable)),
    step('draft', ['folder'], () => checkOf('writes', TEXTS.draftsWritable)),
    step('send-as', ['draft'], lookAtSending),
    ...livingSteps(account, deps, names),
  ]

  /**
   * Checks the sign-in. A fresh token proves that Microsoft issued it. The use of the token shows whether Microsoft
   * accepts it.
   */
  async function lookAtSignIn(outcomeOf: (id: string) => Promise<string | undefined>): Promise<Finding> {
    if (grant) {
      if (grant.ended) return wrong(new AppError('tokens.grant_ended', { upstream: grant.ended.upstream }))
      token = await deps.accessTokens.get(grant.id, 'graph')
    }
    if (account.principal.kind === 'application') {
      const { tenantId } = account.principal
      ofApplication = await deps.applicationTokens.get({
        cloudProviderId: provider.id,
        tenantId,
        resource: 'graph',
      })
    }
    if ((await outcomeOf(graphStep(cloud))) === 'ok') {
      const refused = (await checks()).find(({ code }) => isErrorCode(code) && CATALOGUE[code].stage === 'sign-in')
      if (refused) return wrong(await whyRefused(refused))
    }
    if (!grant || !token) {
      return ok(TEXTS.openedByApplication, {
        [TEXTS.accessTokenExpires]: ofApplication?.expiresAt.toISOString(),
      })
    }
    return ok(TEXTS.signInAccepted, {
      [TEXTS.accessTokenExpires]: token.expiresAt.toISOString(),
      [TEXTS.refreshTokenIssued]: grant.refreshTokenAt.toISOString(),
    })
  }

  /** Reason for a refusal. For an ended grant it includes Microsoft's error. */
  async function whyRefused({ code }: PreflightCheck): Promise<AppError> {
    const ended = grant ? (await deps.grants.get(grant.id)).ended : undefined
    return new AppError(knownCode(code, 'transports.request_refused'), { upstream: ended?.upstream })
  }

  function lookAtAnyToken(): Finding {
    if (token) return lookAtToken(token)
    if (!ofApplication || account.principal.kind !== 'application') return spared(TEXTS.noUserSignedIn)
    return lookAtApplicationToken(ofApplication.value, { provider, cloud, tenantId: account.principal.tenantId })
  }

  function lookAtToken({ value, scope }: AccessToken): Finding {
    const claims = readClaims(value)
    const wanted = scopesFor({ receives: account.receivesBy, sends: account.sendsBy, kinds: [account.kind] }, cloud)
      // A Graph token does not contain permissions for other Exchange protocols.
      .filter((name) => !name.startsWith(cloud.scopePrefixes.exchange))
    const granted =
      claims?.scp === undefined ? scope : claims.scp.split(' ').map((name) => cloud.scopePrefixes.graph + name)
    const facts = {
      audience: claims?.aud ?? TEXTS.opaqueToken,
      scopes: granted.map(shortName).join(' '),
      [TEXTS.requested]: wanted.map(shortName).join(' '),
    }
    if (claims && !isForGraph(claims, cloud)) return wrong(new AppError('doctor.token_of_another'), undefined, facts)
    const missing = scopesMissing(wanted, granted)
    if (missing.length > 0) {
      const title = fillText(TEXTS.scopesMissing, { scopes: missing.map(shortName).join(', ') })
      return wrong(new AppError('tokens.scope_not_granted'), title, facts)
    }
    return ok(TEXTS.tokenAllows, facts)
  }

  function lookAtPerson({ value }: AccessToken, { tenantId, objectId }: GrantSummary): Finding {
    const { tid, oid } = readClaims(value) ?? {}
    if (tid === undefined || oid === undefined) return spared(TEXTS.tokenOwnerOpaque)
    if (tid !== tenantId || oid !== objectId) {
      return wrong(new AppError('doctor.token_of_another'), TEXTS.tokenOfOtherUser)
    }
    return ok(TEXTS.tokenOfUser)
  }

  async function checkOf(what: PreflightCheck['what'], title: string): Promise<Finding> {
    const check = (await checks()).find((each) => each.what === what)
    if (check?.outcome === 'ok') return ok(title)
    if (check?.outcome === 'wrong') return wrong(new AppError(knownCode(check.code, 'transports.request_refused')))
    return check?.code === undefined
      ? reachedLater(what)
      : heldUp(check.title ?? TEXTS.microsoftSilent, { code: check.code })
  }

  /**
   * Explains an unreachable mailbox. Only users with access can see that a mailbox exists, so without read access that
   * check is skipped.
   */
  async function reachedLater(what: PreflightCheck['what']): Promise<Finding> {
    const reads = (await checks()).find((each) => each.what === 'reads')
    if (what === 'exists' && reads?.outcome === 'wrong') return spared(TEXTS.mailboxHidden)
    return heldUp(TEXTS.microsoftSilent)
  }

  async function lookAtSending(): Promise<Finding> {
    if (!examined.sendTest) return spared(TEXTS.sendNotAsked)
    if (account.state === 'paused') return spared(TEXTS.sendPaused)
    const after = await deps.emailAccounts.sendTest(account.id, examined.sendTest.actor)
    const check = after.preflight?.checks.find(({ what }) => what === 'sends')
    if (check?.outcome === 'wrong') return wrong(new AppError(knownCode(check.code, 'transports.request_refused')))
    if (check?.outcome === 'ok') return ok(TEXTS.sentAsMailbox)
    return heldUp(check?.title ?? TEXTS.microsoftSilent)
  }
}

function shortName(scope: string): string {
  return scope.slice(scope.lastIndexOf('/') + 1)
}
