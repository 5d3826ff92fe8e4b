import type { IdempotentRequestId } from '../../kernel/ids.ts'

export interface IdempotentRequestsTable {
  id: IdempotentRequestId
  request_hash: Buffer
  sealed: Buffer | null
  key_id: string | null
  attempt_id: string
  begun_at: Date
  leased_until: Date
  committed_at: Date | null
  answered_at: Date | null
}
