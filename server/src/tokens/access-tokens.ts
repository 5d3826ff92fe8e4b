import type { Resource } from '../cloud-providers/index.ts'
import type { GrantId } from '../kernel/ids.ts'
import type { AccessToken } from './grant.ts'

export interface AccessTokens {
  get(id: GrantId, resource: Resource): Promise<AccessToken>

  /** Reports that a resource server refused `token`; the next `get` brings a different one. */
  discard(id: GrantId, resource: Resource, token: AccessToken): Promise<void>
}
