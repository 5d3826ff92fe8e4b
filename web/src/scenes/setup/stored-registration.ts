/** Input for a registration. It survives a reload and a visit to another step, until the provider is created. */
import { useSessionStorage } from '@mantine/hooks'
import type { WorkOrderLink } from '../../api/client.ts'
import { NO_CREDENTIAL } from './credential-fields.tsx'
import type { Proof } from './registration-choice.ts'

/** All values except the secret, which the browser must not store. */
export interface StoredRegistration {
  tenantId: string
  clientId: string
  name: string
  contact: string
  deputy: string
  /** Credential kind, once it was chosen here. */
  proof?: Proof
  /** Expiry date of the secret, as the value of a date field. */
  endsOn: string
  /** Validity of the certificate to create. */
  months: string
}

export interface Keeping {
  kept: StoredRegistration
  keep: (changes: Partial<StoredRegistration>) => void
  forget: () => void
}

/** The IDs of a work order take precedence over typed ones. */
export function useStoredRegistration(order: WorkOrderLink | undefined, contact: string): Keeping {
  const [typed, setTyped, forget] = useSessionStorage<Partial<StoredRegistration>>({
    key: 'set-up:registration',
    defaultValue: {},
    getInitialValueInEffect: false,
  })
  const nothing = {
    tenantId: '',
    clientId: '',
    name: '',
    contact,
    deputy: '',
    endsOn: '',
    months: NO_CREDENTIAL.months,
  }
  const ids = order?.proposal && { tenantId: order.proposal.tenantId, clientId: order.proposal.clientId }
  return {
    kept: { ...nothing, ...typed, ...ids },
    keep: (changes) => setTyped((before) => ({ ...before, ...changes })),
    forget,
  }
}
