const STEPS = ['a', 'b', 'c', 'd'] as const
export type StepLetter = (typeof STEPS)[number]

const KINDS = ['shared', 'user'] as const
export type RequestedKind = (typeof KINDS)[number]

export const SIGN_IN_WAYS = ['consent', 'now', 'code', 'ownerLink', 'adminLink'] as const
export type SignInWay = (typeof SIGN_IN_WAYS)[number]

/** In place of an id: the path starts again, next to existing providers. */
export const NEW = 'new'

/** Position on the path. Microsoft's response adds the grant and its mailbox. */
export interface SetupSearch {
  step?: StepLetter
  /** An id, or {@link NEW}. */
  provider?: string
  grant?: string
  address?: string
  /** Kind of the mailbox: a user's, or shared. */
  kind?: RequestedKind
  /** Work order whose proposal is being confirmed. */
  order?: string
  /** Preselected sign-in method. */
  way?: SignInWay
  /** Set when another mailbox is to be connected. */
  another?: true
}

export function setupSearch(search: Record<string, unknown>): SetupSearch {
  const text = (name: string) => (typeof search[name] === 'string' && search[name] !== '' ? search[name] : undefined)
  const step = STEPS.find((one) => one === search.step)
  const kind = KINDS.find((one) => one === search.kind)
  const way = SIGN_IN_WAYS.find((one) => one === search.way)
  const [provider, grant, address, order] = [text('provider'), text('grant'), text('address'), text('order')]
  return {
    ...(step && { step }),
    ...(provider && { provider }),
    ...(grant && { grant }),
    ...(address && { address }),
    ...(kind && { kind }),
    ...(order && { order }),
    ...(way && { way }),
    ...(search.another === true && { another: true }),
  }
}
