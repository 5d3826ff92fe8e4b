/**
 * Prepared texts for writing: signatures of agents, and canned responses with their attachments.
 *
 * Owns `agent_signatures`, `canned_responses` and `canned_response_attachments`. Placeholders such as
 * `{{customer.first_name|there}}` are stored as they are; the web UI fills them, and {@link fillPlaceholders} those of
 * programs. Called by `http`.
 */
import type { Database } from '../database/index.ts'
import type { Events } from '../events/index.ts'
import type { Clock } from '../kernel/clock.ts'
import { createCannedResponses, type CannedResponses } from './canned-responses.ts'
import { createAgentSignatures, type AgentSignatures } from './agent-signatures.ts'

export { fillPlaceholders } from './fill-placeholders.ts'
export { WRITING_TEXTS } from './texts-of-people.ts'
export type { CannedAuthor, CannedResponse, CannedResponseEntry, CannedResponses } from './canned-responses.ts'
export type { AgentSignatures } from './agent-signatures.ts'

export interface Writing {
  signatures: AgentSignatures
  cannedResponses: CannedResponses
}

export function createWriting(deps: { database: Database; clock: Clock; events: Events }): Writing {
  return { signatures: createAgentSignatures(deps), cannedResponses: createCannedResponses(deps) }
}
