import { z } from 'zod'
import { Explanation } from '../explanation.ts'
import { FaultyPart, Reason, Time } from '../fields.ts'

export const PreflightCheck = z.object({
  what: z.enum(['exists', 'reads', 'writes', 'sends']).describe('`sends`: in the name of the mailbox (Send As).'),
  outcome: z.enum(['ok', 'wrong', 'not-tried']),
  code: z.string().optional(),
  scope: FaultyPart.optional(),
  title: z.string().optional().describe('Reason if it failed or could not be tried.'),
  fix: z.string().optional(),
  detail: z.string().optional().describe('Detail of this occurrence: the reply of the server, or its certificate.'),
})

export const Preflight = z.object({ checkedAt: Time, checks: z.array(PreflightCheck) }).meta({ id: 'Preflight' })

export const Principal = z
  .discriminatedUnion('kind', [
    z.object({ kind: z.literal('grant'), grantId: z.string() }),
    z.object({ kind: z.literal('application'), tenantId: z.string() }),
    z.object({ kind: z.literal('password') }),
  ])
  .describe('Principal of the mailbox: a user by their grant, the application itself, or a password at its servers.')
  .meta({ id: 'Principal' })

export const BackupSignIn = z
  .object({
    grantId: z.string(),
    checkedAt: Time.optional().describe('Time of the last check whether it can open the mailbox.'),
    reason: Reason.optional().describe('Reason of the failure at that time.'),
    insteadOf: z.string().optional().describe('Grant that it replaces while it is in use.'),
  })
  .describe("Backup sign-in: opens the mailbox when the principal can't.")
  .meta({ id: 'BackupSignIn' })

export const ProtocolReason = z
  .object({
    kind: z.enum(['usual', 'chosen', 'other-closed', 'only']),
    words: z.string(),
    reason: Reason.optional().describe('Reason why the other protocol is closed, and how to open it.'),
  })
  .meta({ id: 'ProtocolReason' })

export const AccountState = z.enum([
  'connecting',
  'importing',
  'connected',
  'degraded',
  'needs-sign-in',
  'needs-admin',
  'paused',
])

export const Server = z.object({ host: z.string(), port: z.int(), tls: z.enum(['implicit', 'starttls', 'none']) })

export const Servers = z
  .object({ imap: Server, smtp: Server, userName: z.string(), ca: z.string().optional() })
  .meta({ id: 'MailServers' })

export const Alias = z
  .object({
    address: z.string(),
    source: z.enum(['server', 'admin']).describe('Source of the alias.'),
    trial: z
      .object({
        at: Time,
        outcome: z.enum(['ok', 'wrong']),
        code: z.string().optional(),
        title: z.string().optional(),
        fix: z.string().optional(),
        detail: z.string().optional().describe('Reply of the server.'),
        envelope: z.literal('mailbox').optional().describe('Sent with the mailbox’s own address as envelope sender.'),
      })
      .optional()
      .describe('Result of a test mail from it.'),
  })
  .describe('Another address of the mailbox.')
  .meta({ id: 'Alias' })

export const EmailAccount = z
  .object({
    id: z.string(),
    key: z.string(),
    name: z.string(),
    address: z.string(),
    aliases: z.array(Alias),
    kind: z.enum(['user', 'shared']),
    contact: z.string(),
    cloudProviderId: z.string().optional().describe('Absent if it is opened with a password.'),
    servers: Servers.optional().describe('Mail servers, if it is opened with a password.'),
    principal: Principal,
    backupSignIn: BackupSignIn.optional(),
    receivesBy: z.enum(['graph', 'imap']),
    sendsBy: z.enum(['graph', 'smtp']),
    protocolReasons: z
      .object({ receives: ProtocolReason, sends: ProtocolReason })
      .describe('Reasons for its protocols.'),
    importFrom: Time,
    importClosesBefore: Time.optional().describe(
      'Conversations of an import without mail from this time on arrive closed and read. Absent: all arrive open.',
    ),
    joinsBySubject: z.boolean().describe('Groups mail without reply headers by subject and sender.'),
    assignsSender: z.boolean().describe('An answer assigns an unassigned conversation to its author.'),
    trustedAuthServId: z
      .string()
      .optional()
      .describe('Mail server whose Authentication-Results count (RFC 8601); Microsoft’s always count.'),
    writesPlainText: z.boolean().describe('New messages are written without formatting.'),
    timeZone: z.string().optional().describe('Time zone of dates above quotations. Absent: that of the author.'),
    watchesJunk: z.boolean().describe('Shows replies to sent messages from Junk, even if Junk is not read as a whole.'),
    sentFolderRemoteId: z
      .string()
      .optional()
      .describe(
        'Folder for sent mail on an IMAP server, as chosen. Absent: found by its special-use attribute or name.',
      ),
    state: AccountState,
    reason: Reason.optional(),
    explanation: Explanation.optional().describe(
      'Explanation of the reason; for admins who request this single mailbox.',
    ),
    sending: z
      .object({ reason: Reason, since: Time })
      .optional()
      .describe('Reason why mail waits in the outbox until a person acts. Absent while mail is sent, and in lists.'),
    stateSince: Time,
    nextTryAt: Time.optional(),
    completeUpTo: Time.optional().describe('Time up to which all mail of the server is stored.'),
    lastReceivedAt: Time.optional(),
    lastSentAt: Time.optional(),
    preflight: Preflight.optional(),
    push: z.object({ state: z.enum(['active', 'polling', 'failed']), reason: Reason.optional() }),
    createdAt: Time,
  })
  .meta({ id: 'EmailAccount' })

export const Folder = z.object({
  remoteId: z.string(),
  parentRemoteId: z.string().optional(),
  path: z.array(z.string()),
  name: z.string(),
  role: z.enum(['inbox', 'sent', 'drafts', 'archive', 'junk', 'trash']).optional(),
  totalCount: z.int(),
  unreadCount: z.int(),
})

const AT_LEAST = 'up to 1000, which means "at least".'

export const MailCounts = z
  .object({
    conversations: z.int(),
    messages: z.int(),
    notes: z.int(),
    drafts: z.int(),
    waiting: z
      .int()
      .describe(`Accepted and still to be sent, ${AT_LEAST} While there are any, the mailbox can't be removed.`),
    unknown: z.int().describe(`May or may not have been sent, ${AT_LEAST}`),
    failed: z.int().describe(`Could not be sent, ${AT_LEAST}`),
    onLegalHold: z.int().describe("Conversations on legal hold. While there are any, the mailbox can't be removed."),
  })
  .meta({ id: 'MailCounts' })
