/** Application settings to register. They are kept in the browser until a Cloud Provider is created. */
import { useLocalStorage } from '@mantine/hooks'
import type { Cloud, CloudProvider, PostWorkOrdersDrawData } from '../../api/client.ts'

export type RegistrationRequest = PostWorkOrdersDrawData['body']
export type AccountTypes = RegistrationRequest['accountTypes']

const SANDBOX = 'sandbox'

/** Access to mailboxes: with a user's sign-in, or additionally by the application. */
export type OpenedBy = 'people' | NonNullable<RegistrationRequest['application']>

/** Credential kind of the application. */
export type Proof = NonNullable<RegistrationRequest['credential']>

export interface RegistrationChoice {
  cloud: string
  accountTypes: AccountTypes
  openedBy: OpenedBy
  proof: Proof
  displayName: string
}

/** The stored choice, or the default: a custom cloud for practice, if there is one. */
export function useRegistrationChoice(
  clouds: readonly Cloud[],
): [RegistrationChoice, (choice: RegistrationChoice) => void] {
  const [kept, keep] = useLocalStorage<Partial<RegistrationChoice>>({
    key: 'setup:request',
    defaultValue: {},
    getInitialValueInEffect: false,
  })
  const cloud = clouds.find(({ id }) => id === kept.cloud) ?? clouds.find(({ id }) => id === SANDBOX) ?? clouds[0]
  const wanted = kept.accountTypes ?? 'single-tenant'
  const accountTypes = wanted === 'multitenant-and-personal' && !cloud?.personalAccounts ? 'single-tenant' : wanted
  // Microsoft grants no application permissions for personal accounts.
  const openedBy = accountTypes === 'multitenant-and-personal' ? 'people' : (kept.openedBy ?? 'people')
  const { proof = 'secret', displayName = 'Postkey' } = kept
  return [{ cloud: cloud?.id ?? '', accountTypes, openedBy, proof, displayName }, keep]
}

export function registrationRequest({
  cloud,
  accountTypes,
  openedBy,
  proof,
  displayName,
}: RegistrationChoice): RegistrationRequest {
  const name = displayName.trim()
  const application = applicationAccess(openedBy)
  return {
    ...protocolChoices(accountTypes),
    cloud,
    accountTypes,
    ...(application && { application }),
    credential: proof,
    ...(name !== '' && { displayName: name }),
  }
}

export function providerRequest(
  { cloud, accountTypes, application }: CloudProvider,
  credential?: Proof,
): RegistrationRequest {
  const choices = { ...(application && { application }), ...(credential && { credential }) }
  return { ...protocolChoices(accountTypes), cloud, accountTypes, ...choices }
}

/** Value of the Cloud Provider. */
export function applicationAccess(openedBy: OpenedBy): RegistrationRequest['application'] {
  return openedBy === 'people' ? undefined : openedBy
}

/** Same rule as for the sign-in: personal accounts have no shared mailboxes. */
function protocolChoices(accountTypes: AccountTypes): Pick<RegistrationRequest, 'receives' | 'sends' | 'kinds'> {
  const kinds: RegistrationRequest['kinds'] =
    accountTypes === 'multitenant-and-personal' ? ['user'] : ['user', 'shared']
  return { receives: 'graph', sends: 'graph', kinds }
}
