/** Content of the result page: result, mailbox, user and next step. */
import { explain } from '../../error-map/index.ts'
import { type ErrorCode, fillText, describeFix } from '../../kernel/errors.ts'
import type { AuthorizationOutcome, FailedAuthorization } from '../../tokens/index.ts'
import type { ResultPage } from './result-page.ts'
import { TEXTS } from './texts.ts'

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
export function toResultPage(outcome: AuthorizationOutcome, context: ResultContext): ResultPage {
  const { creator } = context
  const closing = creator === undefined ? undefined : fillText(TEXTS.closeNotified, { creator })
  switch (outcome.kind) {
    case 'granted':
      return {
        title: titleOfGrant(outcome),
        sentence: sentenceOfGrant(outcome),
        facts: [
          ...wantedFact(outcome),
          [TEXTS.signedInAs, `${outcome.displayName} (${outcome.userName})`],
          [TEXTS.organization, outcome.tenantId],
          ...(outcome.scopesMissing.length > 0 ? [[TEXTS.missing, outcome.scopesMissing.join(', ')] as const] : []),
        ],
        closing,
        next: closing === undefined ? afterGrant(outcome, context) : [],
      }
    case 'consented':
      return {
        title: fillText(TEXTS.consentVerified, { user: outcome.userName }),
        sentence: TEXTS.consentCovers,
        facts: [...wantedFact(outcome), [TEXTS.organization, outcome.tenantId]],
        closing,
        next: [],
      }
    case 'consent-reported':
      return {
        title: TEXTS.consentReported,
        sentence: sentenceOfReport(outcome),
        facts: [...wantedFact(outcome), [TEXTS.reportedOrganization, outcome.tenantId]],
        next: [{ label: outcome.link ? TEXTS.verifyConsent : TEXTS.toSignIn, url: outcome.next }],
        closing: outcome.link ? TEXTS.linkUntilVerified : undefined,
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
  if (link) return TEXTS.verifyByAdmin
  return reconnectGrantId === undefined ? TEXTS.verifyByOwner : TEXTS.verifyByRenewal
}

function titleOfFailure({ error, people, requestedAddress }: FailedAuthorization): string {
  if (people?.expected === undefined) return error.message
  const names = { user: people.signedIn, expected: people.expected }
  if (requestedAddress === undefined) return fillText(TEXTS.otherUserOfGrant, names)
  return fillText(TEXTS.otherUser, { ...names, address: requestedAddress })
}

function sentenceOfFailure(outcome: FailedAuthorization, context: ResultContext): string {
  const { people, principalRequest, link } = outcome
  if (people?.expected === undefined) return namedFix(outcome)
  const signInAs = fillText(TEXTS.signInAsExpected, { expected: people.expected })
  if (!principalRequest || link || !context.isAdminHere) return signInAs
  return fillText(TEXTS.orUseSignIn, { signInAs, user: people.signedIn })
}

/** Fix with known names filled in, so that a command can be copied unchanged. */
function namedFix({ error, requestedAddress, people }: FailedAuthorization): string {
  return describeFix(error.code, { address: requestedAddress, person: people?.signedIn })
}

/** Explanation of Microsoft's error beside the fix, with the names known here. */
function explainedFailure({ error, requestedAddress, people }: FailedAuthorization, { publicUrl }: ResultContext) {
  if (!error.upstream) return undefined
  const redirectUri = `${publicUrl.origin}/oauth/callback`
  const person = people?.expected ?? people?.signedIn
  return explain(error.code, error.upstream, { redirectUri, address: requestedAddress, person })
}

function titleOfGrant({ ownerSignIn, displayName, requestedAddress, renewed, isAddressUnknown }: Granted): string {
  const address = requestedAddress ?? ''
  if (isAddressUnknown) return fillText(TEXTS.noSuchMailbox, { address })
  if (ownerSignIn !== undefined) return fillText(TEXTS.otherOwner, { user: displayName, address })
  return renewed ? TEXTS.signInRenewed : TEXTS.signInComplete
}

function sentenceOfGrant({ ownerSignIn, displayName, scopesMissing, isAddressUnknown }: Granted): string {
  if (isAddressUnknown) return fillText(TEXTS.checkAddress, { user: displayName })
  const permissions = scopesMissing.length === 0 ? TEXTS.allGranted : TEXTS.someMissing
  if (ownerSignIn === undefined) return permissions
  return fillText(TEXTS.needsFullAccess, { user: displayName, permissions })
}

function afterGrant(outcome: Granted, context: ResultContext): Next[] {
  const { grantId, requestedAddress, requestedKind, renewed, reconnectGrantId, ownerSignIn } = outcome
  // The same person with a given address adds a second mailbox to the existing grant.
  const isOnlyRenewed = reconnectGrantId !== undefined || (renewed && requestedAddress === undefined)
  if (isOnlyRenewed) return [into('/email-accounts', TEXTS.toEmailAccounts, context)]
  const search = new URLSearchParams({
    grant: grantId,
    ...(requestedAddress !== undefined && { address: requestedAddress }),
    ...(requestedKind !== undefined && { kind: requestedKind }),
  })
  const associate = (label: string) => into(`/set-up?${search.toString()}`, label, context)
  if (outcome.isAddressUnknown) return [associate(TEXTS.correctAddress)]
  if (ownerSignIn === undefined) return [associate(TEXTS.toAssociate)]
  return [
    { label: fillText(TEXTS.signInAs, { user: requestedAddress ?? '' }), url: ownerSignIn },
    associate(fillText(TEXTS.toAssociateWith, { user: outcome.displayName })),
  ]
}

function nextAfterFailure(outcome: FailedAuthorization, context: ResultContext): Next[] {
  const { again, cloudProviderId, link, error } = outcome
  const tries = again ? [{ label: labelOfAnotherTry(outcome), url: again.url }] : []
  if (link) return tries
  // Without a known sign-in, only a signed-in admin gets a link into Postkey.
  if (cloudProviderId === undefined) return context.isAdminHere ? [into('/set-up', TEXTS.toSetup, context)] : []
  const { principalRequest, people } = outcome
  const letIn = principalRequest && context.isAdminHere && people
  const isOfRegistration = error.remedy === 'admin' && !again
  const setUp = (way?: 'adminLink') => setUpAt(outcome, way)
  return [
    ...tries,
    ...(letIn
      ? [
          into(
            `/email-accounts/${principalRequest.emailAccountId}#principal-request`,
            fillText(TEXTS.useSignIn, { user: people.signedIn }),
            context,
          ),
        ]
      : []),
    ...(isOfRegistration ? [into(`/cloud-providers/${cloudProviderId}`, TEXTS.openProvider, context)] : []),
    ...(ADMIN_CONSENTS.includes(error.code) && context.isAdminHere
      ? [into(setUp('adminLink'), TEXTS.sendConsentLink, context)]
      : []),
    into(setUp(), TEXTS.toSetup, context),
  ]
}

/** Failures that an Entra admin fixes by consent; this admin may be a different person. */
const ADMIN_CONSENTS: readonly string[] = [
  'tokens.consent_required',
  'tokens.consent_declined',
  'tokens.consent_unproven',
] satisfies ErrorCode[]

/** Address of step C for the same provider, with the entered mailbox. */
function setUpAt({ cloudProviderId, requestedAddress }: FailedAuthorization, way?: 'adminLink'): string {
  if (cloudProviderId === undefined) return '/set-up'
  const search = new URLSearchParams({
    step: 'c',
    provider: cloudProviderId,
    ...(requestedAddress !== undefined && { address: requestedAddress }),
    ...(way !== undefined && { way }),
  })
  return `/set-up?${search.toString()}`
}

function labelOfAnotherTry({ again, people }: FailedAuthorization): string {
  if (again?.kind === 'admin-consent') return TEXTS.consentAsAdmin
  if (!people) return TEXTS.tryAgain
  if (people.expected === undefined) return TEXTS.signInWithAnother
  return fillText(TEXTS.signInAs, { user: people.expected })
}

function closingOf(
  { link, cloudProviderId, error, again, principalRequest, people, requestedAddress }: FailedAuthorization,
  context: ResultContext,
) {
  const { creator, isAdminHere } = context
  if (link === undefined || creator === undefined) {
    return cloudProviderId === undefined && !isAdminHere ? TEXTS.closePage : undefined
  }
  if (error.code === 'tokens.sign_in_link_over') return fillText(TEXTS.closeAskLink, { creator })
  if (error.code === 'tokens.state_used') return TEXTS.closePage
  if (principalRequest && people && requestedAddress !== undefined) {
    return fillText(TEXTS.askCreator, { address: requestedAddress, user: people.signedIn, creator })
  }
  if (again) return TEXTS.linkStaysValid
  return fillText(TEXTS.showToCreator, { creator })
}

function into(path: string, label: string, { publicUrl }: ResultContext): Next {
  return { label, url: new URL(path, publicUrl).href }
}

function wantedFact({ requestedAddress }: AuthorizationOutcome): [string, string][] {
  return requestedAddress === undefined ? [] : [[TEXTS.mailbox, requestedAddress]]
}

function failedFacts(outcome: FailedAuthorization, traceId: string): [string, string][] {
  const { people, error } = outcome
  const { upstream } = error
  const facts = wantedFact(outcome)
  if (people) facts.push([TEXTS.signedInAs, people.signedIn])
  if (people?.expected !== undefined) facts.push([TEXTS.expected, people.expected])
  if (error.code === 'tokens.consent_unproven' && error.detail !== undefined) facts.push([TEXTS.missing, error.detail])
  if (upstream?.error !== undefined) facts.push([TEXTS.microsoftError, upstream.error])
  if (upstream?.errorCodes?.length) {
    facts.push([TEXTS.microsoftCode, upstream.errorCodes.map((n) => `AADSTS${n}`).join(', ')])
  }
  if (upstream?.correlationId !== undefined) facts.push([TEXTS.correlationId, upstream.correlationId])
  facts.push([TEXTS.code, error.code], [TEXTS.trace, traceId])
  return facts
}
