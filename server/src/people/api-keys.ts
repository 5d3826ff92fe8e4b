import type { ApiKeyId, EmailAccountId, PersonId } from '../kernel/ids.ts'
import type { Secret } from '../kernel/secret.ts'
import type { ApiKeyScope } from './person.ts'

/** A key for a program. It can never do more than the admin who made it. */
export interface ApiKey {
  id: ApiKeyId
  name: string
  /** The beginning of the key, to tell keys apart. */
  prefix: string
  scopes: readonly ApiKeyScope[]
  /** `all`: those of the future included. */
  emailAccountIds: readonly EmailAccountId[] | 'all'
  createdBy: PersonId
  createdAt: Date
  lastUsedAt: Date | undefined
  revokedAt: Date | undefined
}

export interface ApiKeyInput {
  name: string
  scopes: readonly ApiKeyScope[]
  emailAccountIds: readonly EmailAccountId[] | 'all'
}

export interface CreatedApiKey extends ApiKey {
  /** Told once; only its hash is kept. */
  key: Secret
}

export interface ApiKeys {
  create(input: ApiKeyInput, createdBy: PersonId): Promise<CreatedApiKey>
  list(): Promise<ApiKey[]>
  revoke(id: ApiKeyId, actor: string): Promise<void>
  /** The live key, or undefined for anything else. */
  find(key: Secret): Promise<ApiKey | undefined>
}
