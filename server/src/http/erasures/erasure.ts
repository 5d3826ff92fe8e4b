import { z } from 'zod'
import type { EmailAccounts } from '../../email-accounts/index.ts'
import { storedReason } from '../../kernel/errors.ts'
import type { EmailAccountId } from '../../kernel/ids.ts'
import {
  ERASED_KINDS,
  type Erasure,
  type ErasureReport,
  MOST_ADDRESSES,
  MOST_NAMED,
  REMAINING_KINDS,
} from '../../retention/index.ts'
import { line, Reason, Time } from '../fields.ts'
import { TEXTS } from '../texts.ts'

/** Stricter rules would refuse addresses that mail does have. */
const storedAddress = line
  .trim()
  .max(255)
  .regex(/^[^@].*@[^\s@]+$/u, TEXTS.email)

export const Addresses = z
  .array(storedAddress)
  .min(1)
  .max(MOST_ADDRESSES)
  .describe(`Addresses of one person, at most ${MOST_ADDRESSES}. Addresses of mailboxes and of the team are refused.`)

const counts = <Kind extends string>(kinds: readonly Kind[]) =>
  z.object(Object.fromEntries(kinds.map((kind) => [kind, z.int().optional()])) as Record<Kind, z.ZodOptional<z.ZodInt>>)

export const MailOfAccount = z
  .object({
    emailAccountId: z.string(),
    name: z.string().optional().describe('Absent after its removal.'),
    conversations: z.int().describe('Deleted with everything in them.'),
    shared: z.int().describe('With other people: only messages of the person, and those sent to the person alone.'),
    messages: z.int().describe('Deleted messages.'),
    onLegalHold: z.int().describe('Conversations that are kept whole.'),
    inUse: z
      .int()
      .describe(
        'Conversations that are kept: a message is in the outbox, or the team wrote something after the start.',
      ),
  })
  .meta({ id: 'ErasedMail' })

export const ErasureBody = z
  .object({
    id: z.string(),
    by: z.string().describe('Actor.'),
    startedAt: Time,
    endedAt: Time.optional().describe('Absent while it runs.'),
    failure: Reason.optional().describe('Error that keeps it from continuing. It is tried again each minute.'),
    accounts: z.array(MailOfAccount),
    erased: counts(ERASED_KINDS).describe('Deleted records, or records in which the address was replaced, by kind.'),
    remaining: counts(REMAINING_KINDS).describe('Records of others in which the address remains, by kind.'),
  })
  .meta({ id: 'Erasure' })

export const ErasureReportBody = ErasureBody.extend({
  keptIds: z.array(z.string()).describe(`Kept conversations, at most ${MOST_NAMED}.`),
  remainingMessageIds: z.array(z.string()).describe(`Messages of others with the address, at most ${MOST_NAMED}.`),
}).meta({ id: 'ErasureReport' })

export type AccountNames = ReadonlyMap<EmailAccountId, string>

export async function readNames(emailAccounts: EmailAccounts): Promise<AccountNames> {
  return new Map((await emailAccounts.list()).map(({ id, name }) => [id, name]))
}

export function mailByAccount({ accounts }: Pick<ErasureReport, 'accounts'>, names: AccountNames) {
  return Object.entries(accounts).map(([id, mail]) => ({
    emailAccountId: id,
    name: names.get(id as EmailAccountId),
    ...mail,
  }))
}

export function presentErasure({ report, ...erasure }: Erasure, names: AccountNames) {
  const { erased, remaining } = report
  return {
    ...{ id: erasure.id, by: erasure.actor, startedAt: erasure.startedAt, endedAt: erasure.endedAt },
    failure: erasure.failedAs === undefined ? undefined : storedReason(erasure.failedAs),
    ...{ accounts: mailByAccount(report, names), erased, remaining },
  }
}

export async function presentReport(erasure: Erasure, emailAccounts: EmailAccounts) {
  const { keptIds, remainingMessageIds } = erasure.report
  const presented = presentErasure(erasure, await readNames(emailAccounts))
  return { ...presented, keptIds: keptIds.slice(0, MOST_NAMED), remainingMessageIds }
}
