/**
 * Logic of a sign-in: determines the next page, and applies the input of a page. Pages and cookies are handled
 * elsewhere.
 */
import type { FaultsAsked } from '../faults/index.ts'
import type { Clock } from '../kernel/clock.ts'
import type { People, User } from '../tenants/index.ts'
import { EntraError } from './aadsts.ts'
import { type MfaCheck, newMfaSecret } from './authenticator.ts'
import { type Authority, identityIn, isPersonal, wrongKindOfAccount } from './authority.ts'
import type { Prompt } from './authorize-request.ts'
import { given } from './client-authentication.ts'
import { toEntraError } from './fault-checks.ts'
import type { SignInRequest } from './sign-in-requests.ts'
import type { SignedInAccount } from './sign-in-sessions.ts'

/** Conditions of a sign-in: client, authority and signed-in accounts. */
export interface SignInFrame {
  authority: Authority
  /** Client id of the requesting application. */
  appId: string
  personalAllowed: boolean
  prompt: Prompt | undefined
  loginHint: string | undefined
  domainHint: string | undefined
  /** Accounts signed in in this browser. */
  accounts: readonly SignedInAccount[]
}

export type Proven = NonNullable<SignInRequest['proven']>

export type SignInStep =
  | { kind: 'choose'; accounts: readonly SignedInAccount[] }
  | { kind: 'user-name'; value: string; problem: EntraError | undefined }
  | { kind: 'password'; user: User }
  | { kind: 'mfa'; user: User }
  /** "More information required": the user must register a second factor. */
  | { kind: 'enrol'; user: User }
  | { kind: 'keep'; user: User }
  | { kind: 'signed-in'; user: User; proven: Proven }

export interface SignIn {
  next(request: SignInRequest, frame: SignInFrame): SignInStep
  /**
   * Applies the input of the page shown last to `request`; input of any other page is ignored. Returns the error that
   * the page has to show.
   */
  take(request: SignInRequest, frame: SignInFrame, form: URLSearchParams): EntraError | undefined
  /** Returns the account of a sign-in without pages (`prompt=none`). @throws {EntraError} 50058, 16000, 50076 */
  silently(frame: SignInFrame): SignedInAccount
}

/** Account at the sign-in pages, in the form that faults are matched against. */
export const accountOf = ({ id, tenantId }: User) => ({ userId: id, tenantId })

/** Error of a wrong password; `undefined` when it is right. */
export function wrongPassword(user: User, password: string): EntraError | undefined {
  if (user.password !== undefined && user.password !== password) return new EntraError(50126)
  if (!user.accountEnabled) return new EntraError(50057)
  return user.password === undefined ? new EntraError(50056) : undefined
}

export function createSignIn(people: People, clock: Clock, mfa: MfaCheck, faults: FaultsAsked): SignIn {
  const fits = (frame: SignInFrame) => (account: SignedInAccount) =>
    identityIn(people, account.user, frame.authority) !== undefined &&
    !wrongKindOfAccount(account.user, frame.authority, frame.personalAllowed) &&
    matchesDomain(account.user, frame.domainHint)

  function matchesDomain(user: User, domainHint: string | undefined): boolean {
    if (domainHint === undefined) return true
    const hint = domainHint.toLowerCase()
    if (hint === 'consumers' || hint === 'organizations') return isPersonal(user) === (hint === 'consumers')
    return people.findTenant(user.tenantId)?.domains.includes(hint) === true
  }

  /** Error of a fault that applies to the account, for the page that identified the account. */
  function troubleOf(point: 'entra.account' | 'entra.person', user: User, { appId, authority }: SignInFrame) {
    const refusal = faults.ask(point, { call: 'sign-in page', ...accountOf(user), appId })
    const tenant = authority.tenant?.displayName ?? authority.segment
    return refusal && toEntraError(refusal, { user: user.userPrincipalName, tenant })
  }

  function needsSecondFactor(user: User, { appId }: SignInFrame): boolean {
    if (user.mfaSecret !== undefined) return true
    const subject = { call: 'sign-in page', ...accountOf(user), appId, bornAt: 0 }
    return faults.find('entra.second-factor', subject) !== undefined
  }

  const isNamed = (user: User, name: string) => user.userPrincipalName.toLowerCase() === name.trim().toLowerCase()

  function next(request: SignInRequest, frame: SignInFrame): SignInStep {
    if (request.proven) return afterProof(request, frame, request.proven)
    const named = request.namedUserId === undefined ? undefined : people.findUser(request.namedUserId)
    if (named) return { kind: 'password', user: named }
    const { prompt, loginHint, accounts } = frame
    // `login_hint` and `select_account` exclude each other; `select_account` takes precedence.
    const hint = prompt === 'select_account' ? undefined : loginHint
    if (request.typing) return { kind: 'user-name', value: '', problem: undefined }
    if (prompt === 'select_account' && accounts.length > 0) return { kind: 'choose', accounts }

    const usable = prompt === 'login' ? [] : accounts.filter(fits(frame))
    if (hint !== undefined) return byHint(request, frame, hint, usable)
    if (prompt === 'login' || accounts.length === 0) return { kind: 'user-name', value: '', problem: undefined }
    if (usable.length === 1) return useSession(request, frame, usable[0]!)
    return { kind: 'choose', accounts }
  }

  function byHint(request: SignInRequest, frame: SignInFrame, hint: string, usable: readonly SignedInAccount[]) {
    const session = usable.find(({ user }) => isNamed(user, hint))
    if (session) return useSession(request, frame, session)
    const user = people.findUserBySignInName(hint.trim())
    const problem = user && wrongKindOfAccount(user, frame.authority, frame.personalAllowed)
    if (!user || problem) return { kind: 'user-name', value: hint, problem } as const
    return { kind: 'password', user } as const
  }

  function useSession(request: SignInRequest, frame: SignInFrame, account: SignedInAccount): SignInStep {
    const { user, authenticatedAt, mfa: passed, keepSignedIn } = account
    return afterProof(request, frame, { userId: user.id, authenticatedAt, mfa: passed, keepSignedIn })
  }

  function afterProof(request: SignInRequest, frame: SignInFrame, proven: Proven): SignInStep {
    const user = people.getUser(proven.userId)
    if (!proven.mfa && needsSecondFactor(user, frame)) {
      return user.mfaSecret === undefined ? { kind: 'enrol', user } : { kind: 'mfa', user }
    }
    if (request.fresh && !request.keepAsked) return { kind: 'keep', user }
    return { kind: 'signed-in', user, proven }
  }

  function take(request: SignInRequest, frame: SignInFrame, form: URLSearchParams): EntraError | undefined {
    const step = next(request, frame)
    if (form.get('step') !== step.kind) return undefined
    switch (step.kind) {
      case 'choose':
        takeChoice(request, frame, form.get('account'))
        return undefined
      case 'user-name':
        return takeUserName(request, frame, given(form, 'loginfmt') ?? '')
      case 'password':
        if (form.has('back')) Object.assign(request, { namedUserId: undefined, typing: true })
        else return takePassword(request, frame, step.user, given(form, 'passwd') ?? '')
        return undefined
      case 'mfa':
        if (!mfa.accept(step.user, given(form, 'otc') ?? '')) return new EntraError(50074)
        Object.assign(request, { proven: { ...provenIn(request, frame), mfa: true }, fresh: true })
        return undefined
      case 'enrol':
        people.updateUser(step.user.id, { mfaSecret: newMfaSecret() })
        return undefined
      case 'keep':
        request.proven = { ...provenIn(request, frame), keepSignedIn: form.get('kmsi') === 'yes' }
        request.keepAsked = true
        return undefined
      case 'signed-in':
        return undefined
    }
  }

  /** Proven factors. An account taken from a session is not stored in the request yet. */
  function provenIn(request: SignInRequest, frame: SignInFrame): Proven {
    if (request.proven) return request.proven
    const step = next({ ...request, fresh: false }, frame)
    const userId = 'user' in step ? step.user.id : ''
    const account = frame.accounts.find(({ user }) => user.id === userId)
    if (!account) throw new TypeError('a step beyond the password without a session')
    return { userId, authenticatedAt: account.authenticatedAt, mfa: account.mfa, keepSignedIn: account.keepSignedIn }
  }

  function takeChoice(request: SignInRequest, { accounts }: SignInFrame, choice: string | null): void {
    const account = accounts.find(({ user }) => user.id === choice)
    if (!account) {
      request.typing = true
      return
    }
    const { user, authenticatedAt, mfa: passed, keepSignedIn } = account
    request.proven = { userId: user.id, authenticatedAt, mfa: passed, keepSignedIn }
  }

  function takeUserName(request: SignInRequest, frame: SignInFrame, name: string): EntraError | undefined {
    const user = people.findUserBySignInName(name.trim())
    if (!user) return new EntraError(50034, { user: name, tenant: frame.authority.tenant?.displayName ?? '' })
    const problem = wrongKindOfAccount(user, frame.authority, frame.personalAllowed)
    if (problem) return problem
    const trouble = troubleOf('entra.account', user, frame)
    if (trouble) return trouble
    request.namedUserId = user.id
    return undefined
  }

  function takePassword(request: SignInRequest, frame: SignInFrame, user: User, password: string) {
    const refusal = wrongPassword(user, password)
    if (refusal) return refusal
    const trouble = troubleOf('entra.person', user, frame)
    if (trouble) return trouble
    const authenticatedAt = clock.now().getTime()
    Object.assign(request, {
      proven: { userId: user.id, authenticatedAt, mfa: false, keepSignedIn: false },
      fresh: true,
    })
    return undefined
  }

  return {
    next,
    take,
    silently(frame) {
      const usable = frame.accounts
        .filter(fits(frame))
        .filter(({ user }) => frame.loginHint === undefined || isNamed(user, frame.loginHint))
      const [account] = usable
      if (!account) throw new EntraError(50058)
      if (usable.length > 1) throw new EntraError(16000)
      if (!account.mfa && needsSecondFactor(account.user, frame)) {
        throw new EntraError(50076, { resource: '' }, { instead: { error: 'interaction_required' } })
      }
      return account
    },
  }
}
