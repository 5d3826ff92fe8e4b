/**
 * Mail going out: an outbox in which a message is never lost and never sent twice. Accepted messages wait in
 * `submissions` and `submission_attachments`, the tables of this room; workers hand them to the server of their
 * account, and what stays unclear is left to a person. `http` comes in.
 */
export type {
  SendingLimits,
  SendingWorker,
  Submission,
  SubmissionAttachment,
  SubmissionContent,
  SubmissionRequest,
  Submissions,
  SubmissionState,
} from './submission.ts'
