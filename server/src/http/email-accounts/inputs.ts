import { z } from 'zod'
import type { CloudProviderId, GrantId } from '../../kernel/ids.ts'
import { emailAddress, line, name } from '../fields.ts'
import type { MailServers } from '../../transports/index.ts'
import { AUTH_SERV_ID } from '../../mail/index.ts'
import { Secret } from '../../kernel/secret.ts'
import { id } from '../ids.ts'

/** Input for examining a mailbox: its address and its principal. */
const tenantId = z.uuid().transform((text) => text.toLowerCase())

const wanted = {
  address: emailAddress,
  kind: z.enum(['user', 'shared']),
  grantId: id<GrantId>().optional().describe('The sign-in that opens it; absent when the application itself does.'),
  applicationOf: z
    .strictObject({ cloudProviderId: id<CloudProviderId>(), tenantId: tenantId.optional() })
    .optional()
    .describe('The application of a cloud provider, and the organization of the mailbox if it is another one.'),
}

const server = z.strictObject({
  host: z
    .string()
    .max(253)
    .regex(/^[\w.-]+$/, 'a host name or an address, without anything around it'),
  port: z.int().min(1).max(65_535),
  tls: z.enum(['implicit', 'starttls', 'none']),
})

const servers = z
  .strictObject({
    imap: server,
    smtp: server,
    userName: line.min(1).max(320),
    ca: z.string().max(100_000).optional().describe('Certificate authorities (PEM) that are trusted for them as well.'),
  })
  .describe('Mail servers that are opened with `password`. Not Microsoft’s, which take none.')

const password = z
  .string()
  .min(1)
  .max(1000)
  .transform((text) => new Secret(text))
  .describe('Of the mailbox at its servers. Kept encrypted, and shown to these servers only.')

const byPassword = { servers: servers.optional(), password: password.optional() }

interface OpenedBy {
  grantId?: unknown
  applicationOf?: unknown
  servers?: unknown
  password?: unknown
}

/** Exactly one is allowed, so that none has to be chosen by a rule. */
const OPENED_BY_ONE = [
  ({ grantId, applicationOf, servers: given }: OpenedBy) =>
    [grantId, applicationOf, given].filter((one) => one !== undefined).length === 1,
  { error: 'give one of grantId, applicationOf and servers', path: ['grantId'] as string[] },
] as const
const WITH_PASSWORD = [
  ({ servers: given, password: shown }: OpenedBy) => (given === undefined) === (shown === undefined),
  { error: 'servers and password belong together', path: ['password'] as string[] },
] as const

export const WantedMail = z
  .strictObject({ ...wanted, ...byPassword })
  .refine(...OPENED_BY_ONE)
  .refine(...WITH_PASSWORD)

/** Converts `servers` and `password` into the types of the modules. */
export function withPasswordOf<Given extends { servers?: MailServers | undefined; password?: Secret | undefined }>({
  servers: given,
  password: shown,
  ...rest
}: Given) {
  return { ...rest, ...(given && shown && { withPassword: { servers: given, password: shown } }) }
}

export const key = z.string().regex(/^[A-Za-z0-9]{1,5}$/, 'one to five letters and digits')

const settings = {
  name,
  key,
  contact: emailAddress.describe('Who is told when it breaks.'),
  importDays: z.int().min(0).max(3650).optional().describe('How far back to import; 30 when absent.'),
  folderRemoteIds: z.array(line.min(1).max(500)).min(1).max(500).optional().describe('Inbox and Sent when absent.'),
}

export const NewEmailAccount = z
  .strictObject({ ...wanted, ...settings, ...byPassword })
  .refine(...OPENED_BY_ONE)
  .refine(...WITH_PASSWORD)

export const EmailAccountChanges = z
  .strictObject({
    ...settings,
    grantId: id<GrantId>(),
    application: z
      .strictObject({ tenantId: tenantId.optional() })
      .describe('The application of the same cloud provider opens it from now on.'),
    receivesBy: z
      .enum(['graph', 'imap'])
      .describe(
        'By which road it is read. Tried first, and refused when the mailbox does not open by it; nothing comes twice.',
      ),
    sendsBy: z
      .enum(['graph', 'smtp'])
      .describe('By which road mail is sent. Tried first, and refused when the mailbox is not let in there.'),
    joinsBySubject: z.boolean(),
    trustedAuthServId: z
      .string()
      .regex(AUTH_SERV_ID, 'a server as it names itself before the first semicolon of Authentication-Results')
      .nullable()
      .describe('Null: nobody’s word about senders counts. For mail that comes from now on, and what is read again.'),
    sentFolderRemoteId: line
      .min(1)
      .max(1000)
      .nullable()
      .describe(
        'Folder in which copies of sent mail are stored, on IMAP servers. Null: found by its mark or its name.',
      ),
    watchesJunk: z
      .boolean()
      .describe('Whether answers to what was written here are shown when the server took them for spam.'),
    servers: servers.describe('Other servers want the password anew.'),
    password,
  })
  .partial()
  .refine(({ grantId, application }) => grantId === undefined || application === undefined, {
    error: 'give either grantId or application',
    path: ['grantId'],
  })
