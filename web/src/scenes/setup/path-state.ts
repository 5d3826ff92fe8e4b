/** Progress on the path, derived from the server's data; the browser stores nothing. */
import type { CloudProvider, EmailAccount, Grant, SignInLink, WorkOrderLink } from '../../api/client.ts'
import { words } from '../../words/index.ts'
import { NEW, type SetupSearch, type StepLetter } from './setup-search.ts'

export interface Known {
  providers: readonly CloudProvider[]
  grants: readonly Grant[]
  accounts: readonly EmailAccount[]
  workOrders: readonly WorkOrderLink[]
  signInLinks: readonly SignInLink[]
  /** Ids of the providers whose admin consent a token verified recently. */
  consented: readonly string[]
  /** Ids of the providers for which a redirect reported an admin consent recently. */
  consentReported: readonly string[]
}

export type StepState = keyof typeof words.setup.states
export interface PathStep {
  letter: StepLetter
  state: StepState
  /** Reason, or the awaited person. */
  sentence?: string | undefined
}

const WORKING: ReadonlySet<EmailAccount['state']> = new Set(['connecting', 'importing', 'connected', 'paused'])
const { because } = words.setup

/** Provider of the path: the requested one, that of the grant, or the newest. */
export function selectProvider(
  { providers, grants }: Known,
  { provider, grant }: SetupSearch,
): CloudProvider | undefined {
  if (provider === NEW) return undefined
  const wanted = provider ?? grants.find(({ id }) => id === grant)?.cloudProviderId
  return providers.find(({ id }) => id === wanted) ?? newest(providers)
}

export function setupPath(known: Known, provider: CloudProvider | undefined): PathStep[] {
  return [
    { letter: 'a', ...registration(known, provider) },
    { letter: 'b', ...cloudProvider(provider) },
    { letter: 'c', ...authentication(known, provider) },
    { letter: 'd', ...association(known, provider) },
  ]
}

/** The open step: the requested one, or the first that is not done. */
export function currentStep(path: readonly PathStep[], { step, grant, another }: SetupSearch): StepLetter {
  if (step) return step
  if (grant !== undefined) return 'd'
  const open = path.find(({ state }) => state !== 'done')?.letter ?? 'd'
  // A connected mailbox is done; another one needs a sign-in, which may exist already.
  return another && open === 'd' ? 'c' : open
}

type State = Omit<PathStep, 'letter'>

function registration({ workOrders }: Known, provider: CloudProvider | undefined): State {
  if (workOrders.some(({ state }) => state === 'proposed')) return { state: 'attention', sentence: because.proposed }
  if (provider) return { state: 'done', sentence: because.registered(provider.name) }
  if (workOrders.some(({ state }) => state === 'open')) return { state: 'waiting', sentence: because.orderOut }
  return { state: 'not-begun' }
}

function cloudProvider(provider: CloudProvider | undefined): State {
  if (!provider) return { state: 'not-begun' }
  if (provider.state === 'connected') return { state: 'done', sentence: because.providerWell(provider.name) }
  const lines = provider.lastCheck?.lines ?? []
  const wrong = lines.find(({ outcome }) => outcome === 'wrong')
  if (!wrong && lines.some(({ outcome }) => outcome === 'waiting')) {
    return { state: 'waiting', sentence: because.uploadAwaited }
  }
  return { state: 'attention', sentence: wrong?.title ?? because.unchecked }
}

function authentication(known: Known, provider: CloudProvider | undefined): State {
  const { grants, signInLinks, accounts } = known
  const own = grants.filter(({ cloudProviderId }) => cloudProviderId === provider?.id)
  const alive = own.filter(({ ended }) => !ended)
  if (alive.length > 0) {
    return { state: 'done', sentence: because.signedIn(alive.map(({ userName }) => userName).join(', ')) }
  }
  const isConsented = hasConsent(known, provider)
  const out = signInLinks.find(
    ({ cloudProviderId, state, kind }) =>
      cloudProviderId === provider?.id && state === 'open' && !(kind === 'admin-consent' && isConsented),
  )
  if (out) return { state: 'waiting', sentence: waitedFor(out) }
  if (own.length > 0) return { state: 'attention', sentence: because.ended }
  const byItself = accounts.some(
    ({ cloudProviderId, principal }) => cloudProviderId === provider?.id && principal.kind === 'application',
  )
  if (byItself) return { state: 'done', sentence: because.byApplication }
  // An application that Microsoft has not accepted can do nothing.
  if (cloudProvider(provider).state !== 'done') return { state: 'not-begun' }
  if (mayOpenByItself(provider)) return { state: 'done', sentence: because.byApplication }
  if (provider?.application !== undefined) return { state: 'waiting', sentence: because.rolesAwaited }
  if (isConsented) return { state: 'waiting', sentence: because.consented }
  return provider && known.consentReported.includes(provider.id)
    ? { state: 'waiting', sentence: because.consentReported }
    : { state: 'not-begun' }
}

/**
 * `true` when the application may open mailboxes: for selected ones Exchange allows each in D; for all, an Entra admin
 * must have consented.
 */
export function mayOpenByItself(provider: CloudProvider | undefined): boolean {
  if (provider?.application !== 'all-mailboxes') return provider?.application !== undefined
  return provider.lastCheck?.lines.some(({ what, outcome }) => what === 'application' && outcome === 'ok') ?? false
}

/** `true` when a sign-in verified the consent, here or by a link. */
export function hasConsent({ consented, signInLinks }: Known, provider: CloudProvider | undefined): boolean {
  if (!provider) return false
  return (
    consented.includes(provider.id) ||
    signInLinks.some(
      ({ cloudProviderId, kind, state }) =>
        cloudProviderId === provider.id && kind === 'admin-consent' && state === 'used',
    )
  )
}

function waitedFor({ kind, requestedAddress, consentReportedAt }: SignInLink): string {
  if (kind === 'admin-consent') return consentReportedAt === undefined ? because.consentOut : because.consentReported
  return requestedAddress === undefined ? because.linkOutAnywhere : because.linkOut(requestedAddress)
}

function association({ accounts }: Known, provider: CloudProvider | undefined): State {
  const own = accounts.filter(({ cloudProviderId }) => cloudProviderId === provider?.id)
  const stopped = own.find(({ state }) => !WORKING.has(state))
  if (stopped) {
    return { state: 'attention', sentence: because.stopped(stopped.address, words.states[stopped.state]) }
  }
  if (own.length === 0) return { state: 'not-begun' }
  return { state: 'done', sentence: because.associated(own.map(({ address }) => address).join(', ')) }
}

function newest<T extends { createdAt: string }>(all: readonly T[]): T | undefined {
  return [...all].sort((one, other) => other.createdAt.localeCompare(one.createdAt))[0]
}
