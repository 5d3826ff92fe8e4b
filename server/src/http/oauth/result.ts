/** Content of the result page: result, mailbox, user and next step. */
import { explain } from '../../error-map/index.ts'
import { type ErrorCode, fixOf } from '../../kernel/errors.ts'
import type { AuthorizationOutcome, FailedAuthorization } from '../../tokens/index.ts'
import type { ResultPage } from './result-page.ts'

export interface ResultContext {
  publicUrl: URL
  traceId: string
  /** Name of the creator of the link; undefined without a link. */
  creator: string | undefined
  /** True when an admin is signed in to Postkey in this browser. */
  isAdminHere: boolean
}

type Next = ResultPage['next'][number]
type Granted = Extract<AuthorizationOutcome, { kind: 'granted' }>
type ConsentReported = Extract<AuthorizationOutcome, { kind: 'consent-reported' }>

/** Result page of a sign-in. People with a link have no account here, so their page has no links into Postkey. */
export function resultPageOf(outcome: AuthorizationOutcome, context: ResultContext): ResultPage {
  const { creator } = context
  const told = creator === undefined ? undefined : `You can close this page. ${creator} has been told.`
  switch (outcome.kind) {
    case 'granted':
      return {
        title: titleOfGrant(outcome),
        sentence: sentenceOfGrant(outcome),
        facts: [
          ...wantedFact(outcome),
          ['Signed in as', `${outcome.displayName} (${outcome.userName})`],
          ['Organization', outcome.tenantId],
          ...(outcome.scopesMissing.length > 0 ? [['Missing', outcome.scopesMissing.join(', ')] as const] : []),
        ],
        closing: told,
        next: told === undefined ? afterGrant(outcome, context) : [],
      }
    case 'consented':
      return {
        title: `Consent verified for ${outcome.userName}`,
        sentence:
          'This sign-in received the permissions. If the consent is for the whole organization, its mailboxes can be connected now: the owner of the mailbox (or a delegate, for a shared one) signs in at Microsoft with a link of their own.',
        facts: [...wantedFact(outcome), ['Organization', outcome.tenantId]],
        closing: told,
        next: [],
      }
    case 'consent-reported':
      return {
        title: 'Consent reported, not verified yet',
        sentence: sentenceOfReport(outcome),
        facts: [...wantedFact(outcome), ['Reported organization', outcome.tenantId]],
        next: [{ label: outcome.link ? 'Verify the consent' : 'Go on to the sign-in', url: outcome.next }],
        closing: outcome.link ? 'The link that you were sent stays good until the consent is verified.' : undefined,
      }
    case 'failed':
      return {
        title: titleOfFailure(outcome),
        sentence: sentenceOfFailure(outcome, context),
        explanation: explainedFailure(outcome, context),
        facts: failedFacts(outcome, context.traceId),
        closing: closingOf(outcome, context),
        next: nextAfterFailure(outcome, context),
      }
  }
}

/** The redirect alone proves nothing, so each text refers to the sign-in that does. */
function sentenceOfReport({ reconnectGrantId, link }: ConsentReported): string {
  if (link) {
    return 'A sign-in verifies that Microsoft now grants the permissions. Sign in as the Entra admin; Postkey keeps no access to your mailbox.'
  }
  if (reconnectGrantId !== undefined) {
    return 'The next sign-in verifies it: whoever opens the mailbox signs in once more at Microsoft.'
  }
  return 'The next sign-in verifies it: the owner of the mailbox (or a delegate, for a shared one) signs in at Microsoft.'
}

function titleOfFailure({ error, people, wantedAddress }: FailedAuthorization): string {
  if (people?.expected === undefined) return error.message
  const what = wantedAddress === undefined ? 'the sign-in' : wantedAddress
  return `You signed in as ${people.signedIn}; ${what} was connected by ${people.expected}`
}

function sentenceOfFailure(outcome: FailedAuthorization, context: ResultContext): string {
  const { people, wish, link } = outcome
  if (people?.expected === undefined) return namedFix(outcome)
  const right = `Nothing was changed. Sign in as ${people.expected}: Microsoft asks which account.`
  if (!wish || link || !context.isAdminHere) return right
  return `${right} Or let ${people.signedIn} open the mailbox from now on: you see first whether they can.`
}

/** Fix with known names filled in, so that a command can be copied unchanged. */
function namedFix({ error, wantedAddress, people }: FailedAuthorization): string {
  return fixOf(error.code, { address: wantedAddress, person: people?.signedIn })
}

/** Explanation of Microsoft's error beside the fix, with the names known here. */
function explainedFailure({ error, wantedAddress, people }: FailedAuthorization, { publicUrl }: ResultContext) {
  if (!error.upstream) return undefined
  const redirectUri = `${publicUrl.origin}/oauth/callback`
  const person = people?.expected ?? people?.signedIn
  return explain(error.code, error.upstream, { redirectUri, address: wantedAddress, person })
}

function titleOfGrant({ ownerSignIn, displayName, wantedAddress, renewed, isAddressUnknown }: Granted): string {
  if (isAddressUnknown) return `Microsoft has no mailbox ${wantedAddress}`
  if (ownerSignIn !== undefined) return `${displayName} signed in; the mailbox wanted is ${wantedAddress}`
  return renewed ? 'The sign-in is renewed' : 'The sign-in is done'
}

function sentenceOfGrant({ ownerSignIn, displayName, scopesMissing, isAddressUnknown }: Granted): string {
  if (isAddressUnknown) {
    return `Check the address for a typing error. The sign-in of ${displayName} is kept: nobody has to sign in again.`
  }
  const allowed =
    scopesMissing.length === 0
      ? 'Microsoft has allowed everything that was asked for.'
      : 'Microsoft has allowed less than was asked for. An Entra admin can allow the rest by admin consent.'
  if (ownerSignIn === undefined) return allowed
  return `${displayName} opens the mailbox of somebody else only with Full Access to it. ${allowed}`
}

function afterGrant(outcome: Granted, context: ResultContext): Next[] {
  const { grantId, wantedAddress, wantedKind, renewed, reconnectGrantId, ownerSignIn } = outcome
  // The same person with a given address adds a second mailbox to the existing grant.
  const isOnlyRenewed = reconnectGrantId !== undefined || (renewed && wantedAddress === undefined)
  if (isOnlyRenewed) return [into('/email-accounts', 'Go on to the email accounts', context)]
  const search = new URLSearchParams({
    grant: grantId,
    ...(wantedAddress !== undefined && { address: wantedAddress }),
    ...(wantedKind !== undefined && { kind: wantedKind }),
  })
  const associate = (label: string) => into(`/set-up?${search.toString()}`, label, context)
  if (outcome.isAddressUnknown) return [associate('Correct the address')]
  if (ownerSignIn === undefined) return [associate('Go on: associate the mailbox')]
  return [
    { label: `Sign in as ${wantedAddress}`, url: ownerSignIn },
    associate(`Go on with the sign-in of ${outcome.displayName}`),
  ]
}

function nextAfterFailure(outcome: FailedAuthorization, context: ResultContext): Next[] {
  const { again, cloudProviderId, link, error } = outcome
  const tries = again ? [{ label: labelOfAnotherTry(outcome), url: again.url }] : []
  if (link) return tries
  // Without a known sign-in, only a signed-in admin gets a link into Postkey.
  if (cloudProviderId === undefined) return context.isAdminHere ? [into('/set-up', 'Back to Set-up', context)] : []
  const { wish, people } = outcome
  const letIn = wish && context.isAdminHere && people
  const isOfRegistration = error.remedy === 'admin' && !again
  const setUp = (way?: 'adminLink') => setUpAt(outcome, way)
  return [
    ...tries,
    ...(letIn ? [into(`/email-accounts/${wish.emailAccountId}#wish`, letInLabel(people.signedIn), context)] : []),
    ...(isOfRegistration ? [into(`/cloud-providers/${cloudProviderId}`, 'Open the Cloud Provider', context)] : []),
    ...(ADMIN_CONSENTS.includes(error.code) && context.isAdminHere
      ? [into(setUp('adminLink'), 'Send a consent link to an Entra admin', context)]
      : []),
    into(setUp(), 'Back to Set-up', context),
  ]
}

/** Failures that an Entra admin fixes by consent; this admin may be a different person. */
const ADMIN_CONSENTS: readonly string[] = [
  'tokens.consent_required',
  'tokens.consent_declined',
  'tokens.consent_unproven',
] satisfies ErrorCode[]

/** Address of step C for the same provider, with the entered mailbox. */
function setUpAt({ cloudProviderId, wantedAddress }: FailedAuthorization, way?: 'adminLink'): string {
  if (cloudProviderId === undefined) return '/set-up'
  const search = new URLSearchParams({
    step: 'c',
    provider: cloudProviderId,
    ...(wantedAddress !== undefined && { address: wantedAddress }),
    ...(way !== undefined && { way }),
  })
  return `/set-up?${search.toString()}`
}

function labelOfAnotherTry({ again, people }: FailedAuthorization): string {
  if (again?.kind === 'admin-consent') return 'Consent as an Entra admin'
  if (people) return people.expected === undefined ? 'Sign in with another account' : `Sign in as ${people.expected}`
  return 'Try again'
}

function letInLabel(userName: string): string {
  return `Let ${userName} open it from now on`
}

function closingOf(
  { link, cloudProviderId, error, again, wish, people, wantedAddress }: FailedAuthorization,
  context: ResultContext,
) {
  const { creator, isAdminHere } = context
  if (link === undefined || creator === undefined) {
    return cloudProviderId === undefined && !isAdminHere ? 'You can close this page.' : undefined
  }
  if (error.code === 'tokens.sign_in_link_over') return `You can close this page. Ask ${creator} for a new link.`
  if (error.code === 'tokens.state_used') return 'You can close this page.'
  if (wish && people && wantedAddress !== undefined) {
    return `If ${people.signedIn} is to open ${wantedAddress} from now on, ask ${creator}: ${creator} sees that you signed in and can allow it. Otherwise the link that you were sent stays good.`
  }
  if (again) return 'The link that you were sent stays good, too.'
  return `Show this page to ${creator}. After that, open the link that you were sent once more: it stays good.`
}

function into(path: string, label: string, { publicUrl }: ResultContext): Next {
  return { label, url: new URL(path, publicUrl).href }
}

function wantedFact({ wantedAddress }: AuthorizationOutcome): [string, string][] {
  return wantedAddress === undefined ? [] : [['Mailbox', wantedAddress]]
}

function failedFacts(outcome: FailedAuthorization, traceId: string): [string, string][] {
  const { people, error } = outcome
  const { upstream } = error
  const facts = wantedFact(outcome)
  if (people) facts.push(['Signed in as', people.signedIn])
  if (people?.expected !== undefined) facts.push(['Expected', people.expected])
  if (error.code === 'tokens.consent_unproven' && error.detail !== undefined) facts.push(['Missing', error.detail])
  if (upstream?.error !== undefined) facts.push(['Microsoft said', upstream.error])
  if (upstream?.errorCodes?.length) facts.push(['Its code', upstream.errorCodes.map((n) => `AADSTS${n}`).join(', ')])
  if (upstream?.correlationId !== undefined) facts.push(['Correlation id', upstream.correlationId])
  facts.push(['Code', error.code], ['Trace', traceId])
  return facts
}
