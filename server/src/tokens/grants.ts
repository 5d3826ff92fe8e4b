import type { GrantId, CloudProviderId } from '../kernel/ids.ts'
import type { GrantSummary } from './grant.ts'

export interface Grants {
  get(id: GrantId): Promise<GrantSummary>
  list(cloudProviderId?: CloudProviderId): Promise<GrantSummary[]>
  /** Forgets the grant and its tokens. Refused while a mailbox is opened with it. */
  disconnect(id: GrantId, actor: string): Promise<void>
}
