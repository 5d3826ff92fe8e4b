import { readFileSync } from 'node:fs'
import { z } from 'zod'
import { type AccountBatch, type CheckedBatch, MOST_ROWS, type NewAccountBatch } from '../../account-batches/index.ts'
import { AppError, fillText, storedReason } from '../../kernel/errors.ts'
import { pauseFor } from '../../kernel/pause.ts'
import { decodeText } from './decode-text.ts'
import { findProvider } from '../cloud-provider/cloud-provider.ts'
import { usageError } from '../find-verb.ts'
import { readEmail } from '../inputs.ts'
import { reasonText } from '../reason-text.ts'
import { refusal } from '../refusal.ts'
import { Reason, toJson } from '../shapes.ts'
import { TEXTS } from '../texts.ts'
import { ACTOR, EXIT, type CliRooms, type Verb, type VerbCall } from '../verb.ts'

const EVERY_MS = 1_000
const MOST_DAYS = 3650
const KINDS = ['user', 'shared'] as const

const ConnectedBatch = z.object({
  id: z.string(),
  status: z.enum(['running', 'completed', 'canceled']),
  total: z.number(),
  counts: z.object({
    connected: z.number(),
    'already-connected': z.number(),
    duplicate: z.number(),
    failed: z.number(),
    canceled: z.number(),
    waiting: z.number(),
    checking: z.number(),
  }),
  failed: z.array(z.object({ line: z.number(), address: z.string(), reason: Reason.optional() })),
})

export const emailAccountConnectVerb: Verb = {
  name: 'email-account connect',
  sentence: TEXTS.connectSentence,
  details: [TEXTS.connectFile, TEXTS.connectAgain, TEXTS.connectExitCode],
  operands: [{ name: 'FILE' }],
  options: {
    'cloud-provider': { type: 'string', value: 'PROVIDER', sentence: TEXTS.connectProviderOption },
    tenant: { type: 'string', value: 'TENANT', sentence: TEXTS.connectTenantOption },
    'sign-in': { type: 'string', value: 'USER', sentence: TEXTS.connectSignInOption },
    kind: { type: 'string', value: 'KIND', sentence: TEXTS.connectKindOption },
    contact: { type: 'string', value: 'EMAIL', sentence: TEXTS.connectContactOption },
    'import-days': { type: 'string', value: 'DAYS', sentence: TEXTS.connectDaysOption },
  },
  shape: ConnectedBatch,
  async run(call) {
    const { operands, options, print, json } = call
    const defaults = readDefaults(options)
    const csv = readFile(operands[0]!)
    const rooms = await call.open()
    const wanted: NewAccountBatch = { ...(await principalOf(rooms, options)), csv, defaults }
    refuseFaulty(await rooms.accountBatches.preview(wanted))
    const batch = await finish(await rooms.accountBatches.create(wanted, ACTOR), rooms, call)
    const { rows } = await rooms.accountBatches.rows(batch.id, { states: ['failed'], limit: MOST_ROWS })
    const failed = rows.map(({ line, address, errorCode }) => ({
      ...{ line, address },
      reason: errorCode === undefined ? undefined : storedReason(errorCode),
    }))
    if (json) print(toJson(ConnectedBatch, { ...batch, failed }))
    else {
      for (const { line, address, reason } of failed) print(reasonText(`${line}  ${address}`, reason))
      print(textOfCounts(batch))
    }
    return batch.counts.connected + batch.counts['already-connected'] + batch.counts.duplicate === batch.total
      ? EXIT.fine
      : EXIT.foundTrouble
  },
}

/** Connects the rows, or follows a server that does, until the batch is over or Ctrl-C. */
async function finish(begun: AccountBatch, { accountBatches, clock }: CliRooms, call: VerbCall): Promise<AccountBatch> {
  const signal = call.stopSignal()
  const isStopped = () => signal.aborted
  let batch = begun
  let noted = ''
  const stopped = new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }))
  while (batch.status === 'running' && !isStopped()) {
    const work = accountBatches.runDue(signal, batch.cloudProviderId)
    const round = { isOver: false }
    const worked = work.finally(() => (round.isOver = true))
    // Progress is shown while this process works.
    do {
      await Promise.race([worked, pauseFor(EVERY_MS, { clock }), stopped])
      batch = await accountBatches.get(batch.id)
      const text = textOfCounts(batch)
      if (text !== noted) call.note(text)
      noted = text
    } while (!round.isOver && !isStopped())
    await worked
    batch = await accountBatches.get(batch.id)
    if (batch.status === 'running') await Promise.race([pauseFor(EVERY_MS, { clock }), stopped])
  }
  if (batch.status === 'running') call.note(fillText(TEXTS.connectGoesOn, { id: batch.id }))
  return batch
}

function textOfCounts({ counts, total }: AccountBatch): string {
  return fillText(TEXTS.connectCounts, {
    total: String(total),
    connected: String(counts.connected),
    known: String(counts['already-connected'] + counts.duplicate),
    failed: String(counts.failed),
    left: String(counts.waiting + counts.checking),
  })
}

function readFile(path: string): string {
  try {
    return decodeText(readFileSync(path))
  } catch (cause) {
    throw new AppError('account_batches.file_unreadable', { cause, detail: (cause as Error).message })
  }
}

function readDefaults(options: VerbCall['options']): NewAccountBatch['defaults'] {
  const { contact, 'import-days': days } = options
  const kind = KINDS.find((each) => each === (options['kind'] ?? 'shared'))
  if (kind === undefined) {
    throw usageError(fillText(TEXTS.wordUnknown, { word: String(options['kind']), known: KINDS.join(', ') }))
  }
  if (days !== undefined && !(/^\d{1,4}$/.test(String(days)) && Number(days) <= MOST_DAYS))
    throw usageError(TEXTS.connectDaysWrong)
  return {
    kind,
    contact: contact === undefined ? undefined : readEmail(String(contact)),
    importDays: days === undefined ? undefined : Number(days),
  }
}

async function principalOf(
  rooms: CliRooms,
  { 'cloud-provider': provider, tenant, 'sign-in': user }: VerbCall['options'],
): Promise<Pick<NewAccountBatch, 'grantId' | 'applicationOf'>> {
  if ((provider === undefined) === (user === undefined)) throw usageError(TEXTS.connectOneOf)
  if (tenant !== undefined && (provider === undefined || !z.uuid().safeParse(tenant).success)) {
    throw usageError(TEXTS.connectTenantWrong)
  }
  if (provider !== undefined) {
    const { id: cloudProviderId } = await findProvider(rooms, String(provider))
    return {
      applicationOf: { cloudProviderId, tenantId: tenant === undefined ? undefined : String(tenant).toLowerCase() },
    }
  }
  const wanted = String(user).toLowerCase()
  const grants = (await rooms.grants.list()).filter(({ id, userName }) => [id, userName.toLowerCase()].includes(wanted))
  const [grant, ...others] = grants
  if (!grant || others.length > 0) {
    throw refusal('tokens.grant_not_found', fillText(TEXTS.connectNoSignIn, { name: String(user) }))
  }
  return { grantId: grant.id }
}

function refuseFaulty({ rows, faults: ofBatch }: CheckedBatch): void {
  const ofRows = rows.flatMap(({ line, faults: ofRow }) =>
    ofRow.map(({ field, expected, fix }) => fillText(TEXTS.connectFault, { line: String(line), field, expected, fix })),
  )
  const faults = [...ofBatch.map(({ expected, fix }) => fillText(TEXTS.connectCount, { expected, fix })), ...ofRows]
  if (faults.length > 0) throw refusal('account_batches.rows_invalid', faults.join('\n'))
}
