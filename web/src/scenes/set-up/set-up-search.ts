const STEPS = ['a', 'b', 'c', 'd'] as const
export type StepLetter = (typeof STEPS)[number]

/** Where on the path somebody is. Microsoft's answer brings the grant and the mailbox it was for. */
export interface SetUpSearch {
  step?: StepLetter
  provider?: string
  grant?: string
  address?: string
}

export function setUpSearch(search: Record<string, unknown>): SetUpSearch {
  const text = (name: string) => (typeof search[name] === 'string' && search[name] !== '' ? search[name] : undefined)
  const step = STEPS.find((one) => one === search.step)
  const [provider, grant, address] = [text('provider'), text('grant'), text('address')]
  return { ...(step && { step }), ...(provider && { provider }), ...(grant && { grant }), ...(address && { address }) }
}
