import { AppError } from '../kernel/errors.ts'
import type { Secret } from '../kernel/secret.ts'
import type { Cloud } from './clouds/cloud.ts'
import type { CloudProviderChanges, NewCloudProvider } from './cloud-provider.ts'

/** Format of Entra ID ids. Upper case and surrounding blanks come from copying and are ignored. */
const ENTRA_ID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/
const ADDRESS = /^[^\s@<>"(),;:\\]{1,64}@[^\s@<>"(),;:\\]{1,189}$/
const MAX_NAME = 100
/** Maximum length of a secret. Entra ID creates 40 characters; the limit rejects unreasonable input. */
const MAX_SECRET = 512

/** @throws {AppError} `cloud_providers.id_malformed` */
export function readEntraId(text: string, field: 'tenantId' | 'clientId'): string {
  const id = text.trim().toLowerCase()
  if (!ENTRA_ID.test(id)) throw new AppError('cloud_providers.id_malformed', { field })
  return id
}

/** Normalizes corrected ids. @throws {AppError} `cloud_providers.id_malformed` */
export function readIds({ tenantId, clientId }: CloudProviderChanges): { tenantId?: string; clientId?: string } {
  return {
    ...(tenantId !== undefined && { tenantId: readEntraId(tenantId, 'tenantId') }),
    ...(clientId !== undefined && { clientId: readEntraId(clientId, 'clientId') }),
  }
}

export function isEntraId(text: string): boolean {
  return ENTRA_ID.test(text)
}

/** @throws {AppError} `cloud_providers.id_malformed`, `cloud_providers.field_invalid`, `cloud_providers.personal_…` */
export function checkFields(fields: CloudProviderChanges, cloud: Cloud): void {
  const { name, contact, deputy, probeAddress, accountTypes } = fields
  const named = name === undefined || (name.trim() !== '' && name.length <= MAX_NAME && !/\p{Cc}/u.test(name))
  if (!named) throw new AppError('cloud_providers.field_invalid', { field: 'name' })
  for (const [field, address] of Object.entries({ contact, deputy, probeAddress })) {
    if (address != null && !ADDRESS.test(address)) throw new AppError('cloud_providers.field_invalid', { field })
  }
  if (accountTypes === 'multitenant-and-personal' && !cloud.personalAccounts) {
    throw new AppError('cloud_providers.personal_accounts_unavailable', { field: 'accountTypes' })
  }
}

export function readNewCloudProvider(input: NewCloudProvider, cloud: Cloud): NewCloudProvider {
  checkFields(input, cloud)
  if (input.credential?.kind === 'secret') checkSecret(input.credential.secret, 'credential.secret')
  return {
    ...input,
    tenantId: readEntraId(input.tenantId, 'tenantId'),
    clientId: readEntraId(input.clientId, 'clientId'),
  }
}

/**
 * Rejects a *Secret ID*, which the portal shows next to the *Value*; only the value is the secret.
 *
 * @throws {AppError} `cloud_providers.secret_is_an_id`, `cloud_providers.secret_malformed`
 */
export function checkSecret(secret: Secret, field = 'secret'): void {
  const text = secret.reveal()
  if (ENTRA_ID.test(text.trim().toLowerCase())) throw new AppError('cloud_providers.secret_is_an_id', { field })
  if (!/^[\x21-\x7e]+$/.test(text) || text.length > MAX_SECRET)
    throw new AppError('cloud_providers.secret_malformed', { field })
}
