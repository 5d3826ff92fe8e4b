const STEPS = ['a', 'b', 'c', 'd'] as const
export type StepLetter = (typeof STEPS)[number]

const KINDS = ['shared', 'user'] as const
export type WantedKind = (typeof KINDS)[number]

/** In place of an id: the path begins anew, beside what is there. */
export const NEW = 'new'

/** Where on the path somebody is. Microsoft's answer brings the grant and the mailbox it was for. */
export interface SetUpSearch {
  step?: StepLetter
  /** An id, or {@link NEW}. */
  provider?: string
  grant?: string
  address?: string
  /** Of the mailbox: that of one person, or shared. */
  kind?: WantedKind
  /** A work order whose proposal is being confirmed. */
  order?: string
}

export function setUpSearch(search: Record<string, unknown>): SetUpSearch {
  const text = (name: string) => (typeof search[name] === 'string' && search[name] !== '' ? search[name] : undefined)
  const step = STEPS.find((one) => one === search.step)
  const kind = KINDS.find((one) => one === search.kind)
  const [provider, grant, address, order] = [text('provider'), text('grant'), text('address'), text('order')]
  return {
    ...(step && { step }),
    ...(provider && { provider }),
    ...(grant && { grant }),
    ...(address && { address }),
    ...(kind && { kind }),
    ...(order && { order }),
  }
}
