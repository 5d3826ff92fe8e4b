/** Application settings to register. They are kept in the browser until a Cloud Provider is created. */
import { useLocalStorage } from '@mantine/hooks'
import type { Cloud, CloudProvider, PostWorkOrdersDrawData } from '../../api/client.ts'

export type Wish = PostWorkOrdersDrawData['body']
export type AccountTypes = Wish['accountTypes']

const SANDBOX = 'sandbox'

/** Access to mailboxes: with a user's sign-in, or additionally by the application. */
export type OpenedBy = 'people' | NonNullable<Wish['application']>

/** Credential kind of the application. */
export type Proof = NonNullable<Wish['credential']>

export interface WishChoice {
  cloud: string
  accountTypes: AccountTypes
  openedBy: OpenedBy
  proof: Proof
  displayName: string
}

/** The choice as it was left, or what most begin with: a cloud of one's own for rehearsals, if there is one. */
export function useWishChoice(clouds: readonly Cloud[]): [WishChoice, (choice: WishChoice) => void] {
  const [kept, keep] = useLocalStorage<Partial<WishChoice>>({
    key: 'set-up:wish',
    defaultValue: {},
    getInitialValueInEffect: false,
  })
  const cloud = clouds.find(({ id }) => id === kept.cloud) ?? clouds.find(({ id }) => id === SANDBOX) ?? clouds[0]
  const wanted = kept.accountTypes ?? 'single-tenant'
  const accountTypes = wanted === 'multitenant-and-personal' && !cloud?.personalAccounts ? 'single-tenant' : wanted
  // Microsoft gives application permissions in no personal account.
  const openedBy = accountTypes === 'multitenant-and-personal' ? 'people' : (kept.openedBy ?? 'people')
  const { proof = 'secret', displayName = 'Postkey' } = kept
  return [{ cloud: cloud?.id ?? '', accountTypes, openedBy, proof, displayName }, keep]
}

export function wishOf({ cloud, accountTypes, openedBy, proof, displayName }: WishChoice): Wish {
  const name = displayName.trim()
  const application = applicationOf(openedBy)
  return {
    ...roadsOf(accountTypes),
    cloud,
    accountTypes,
    ...(application && { application }),
    credential: proof,
    ...(name !== '' && { displayName: name }),
  }
}

export function wishOfProvider({ cloud, accountTypes, application }: CloudProvider, credential?: Proof): Wish {
  const choices = { ...(application && { application }), ...(credential && { credential }) }
  return { ...roadsOf(accountTypes), cloud, accountTypes, ...choices }
}

/** As a Cloud Provider keeps it. */
export function applicationOf(openedBy: OpenedBy): Wish['application'] {
  return openedBy === 'people' ? undefined : openedBy
}

/** As the sign-in asks later: personal accounts have no shared mailboxes. */
function roadsOf(accountTypes: AccountTypes): Pick<Wish, 'receives' | 'sends' | 'kinds'> {
  const kinds: Wish['kinds'] = accountTypes === 'multitenant-and-personal' ? ['user'] : ['user', 'shared']
  return { receives: 'graph', sends: 'graph', kinds }
}
