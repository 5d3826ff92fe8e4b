import type { Generated } from 'kysely'
import type { CannedResponseAttachmentId, CannedResponseId } from '../../kernel/ids.ts'

export interface AgentSignaturesTable {
  user_id: string
  text: string
  html: string
  updated_at: Date
}

export interface CannedResponsesTable {
  id: CannedResponseId
  owner_id: string | null
  created_by: string
  folder: string
  name: string
  text: string
  html: string
  used_count: Generated<number>
  last_used_at: Date | null
  created_at: Date
  updated_at: Date
}

export interface CannedResponseAttachmentsTable {
  id: CannedResponseAttachmentId
  canned_response_id: CannedResponseId
  name: string
  content_type: string
  size_bytes: number
  content: Buffer
}
