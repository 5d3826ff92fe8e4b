/**
 * Outgoing mail: an outbox that never loses a message and never sends it twice. Accepted messages wait in `submissions`
 * and `submission_attachments`. Workers hand them to the server of their account, at the pace of `sending_states` and
 * `sending_lanes`. If the outcome is unclear, a person decides; so for mail held after a restore (`held_submissions`).
 * These tables belong to this room. `http` submits messages.
 */
import type { AuditLog } from '../audit/index.ts'
import type { Database } from '../database/index.ts'
import type { Events } from '../events/index.ts'
import type { Clock } from '../kernel/clock.ts'
import type { EmailAccountId } from '../kernel/ids.ts'
import type { Log } from '../kernel/log.ts'
import { createAutomaticReplies } from './automatic-replies.ts'
import { createDelivery } from './delivery.ts'
import { createGeneratedMessages, type AcceptGenerated } from './generated-messages.ts'
import { createHeldMailDecisions, type HeldMail } from './held-mail-decisions.ts'
import { createHeldMailLookup } from './held-mail-lookup.ts'
import { createHeldMailService, type HeldMailIncident, type HeldMailService } from './held-mail-service.ts'
import { createOutbox } from './outbox.ts'
import { createSendingWorker } from './sending-worker.ts'
import { createSentMailHook } from './sent-mail.ts'
import type { SendingWorker, Submissions } from './submission.ts'
import type { ConversationPorts, EmailAccountPorts } from './ports.ts'
import { createStoredSubmissions } from './submissions.ts'

export { sendingTroubles } from './troubles-for-incidents.ts'
export { BY_ITSELF } from './automatic-replies.ts'
export { deleteSubmissionsOf, findInOutbox } from './mail-of-conversations.ts'
export {
  countOutboxTo,
  deleteSentTo,
  deleteSubmissionsOfMessages,
  hasMailInUse,
  SUBMISSION_TEXTS,
} from './mail-to-a-person.ts'
export { countQueued, countUnsent } from './count-unsent.ts'
export { readOutboxFigures } from './outbox-figures.ts'
export { holdUnsent } from './held-mail.ts'
export type { AcceptGenerated, GeneratedMessage } from './generated-messages.ts'
export type { HeldMail, HeldMessage, RestoredBackup } from './held-mail-decisions.ts'
export type { HeldMailService } from './held-mail-service.ts'
export {
  type SendingFailure,
  readSendingFailures,
  type SendingTimes,
  readSendingTimes,
  type SlotSendingTimes,
} from './sending-times.ts'
export type {
  CanceledSubmission,
  SendingLimits,
  SendingWorker,
  Submission,
  SubmissionAttachment,
  SubmissionContent,
  SubmissionRequest,
  Submissions,
  SubmissionState,
} from './submission.ts'

export interface SubmissionsDeps {
  database: Database
  clock: Clock
  events: Events
  log: Log
  emailAccounts: EmailAccountPorts
  conversations: ConversationPorts
  /** Provided by `epoch`. Without it, a restored backup is not recognized. */
  mark?: (() => Promise<boolean>) | undefined
  /** Throws if there is too little disk space to accept a message. */
  requireSpace?: (() => void) | undefined
  /** Makes a mailbox due for sync, which files the copies of its messages in Sent. */
  wakeSync?: ((emailAccountId: EmailAccountId) => Promise<void>) | undefined
  audit: AuditLog
  /** Incident for mail held after a restore. */
  incident: HeldMailIncident
}

/** Creates the outbox and its worker. `conversations` notifies it of Sent copies. */
export function createSubmissions(deps: SubmissionsDeps): {
  submissions: Submissions
  worker: SendingWorker
  heldMail: HeldMail
  heldMailService: HeldMailService
  /** For other rooms that send mail by themselves. */
  acceptGenerated: AcceptGenerated
} {
  const outbox = createOutbox(deps)
  deps.conversations.outgoing.onReceivedMail(createAutomaticReplies({ ...deps, outbox }))
  deps.conversations.outgoing.onSentMail(createSentMailHook({ outbox, clock: deps.clock }))
  const heldMail = createHeldMailDecisions({ ...deps, outbox })
  const { look } = createHeldMailLookup({ ...deps, outbox })
  return {
    submissions: createStoredSubmissions({ ...deps, outbox }),
    worker: createSendingWorker({
      ...deps,
      outbox,
      delivery: createDelivery({ ...deps, outbox, copiesBySync: { wakeSync: deps.wakeSync } }),
    }),
    heldMail,
    acceptGenerated: createGeneratedMessages({ ...deps, outbox }),
    heldMailService: createHeldMailService({ ...deps, decisions: heldMail, lookUp: look }),
  }
}
