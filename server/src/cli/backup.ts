import { resolve } from 'node:path'
import { z } from 'zod'
import { createBackup, parseRecipients, recordCommand, verifyBackup, type BackupContent } from '../backup/index.ts'
import { AppError, fillText } from '../kernel/errors.ts'
import { VERSION } from '../kernel/version.ts'
import { createProgress, sizeText } from './backup-progress.ts'
import { IDENTITY_OPTION, readIdentities } from './identity-file.ts'
import { Time } from './shapes.ts'
import { TEXTS } from './texts.ts'
import { EXIT, type ExitCode, type Verb, type VerbCall } from './verb.ts'

/** Content of a backup, in the JSON of all verbs. */
export const Summary = {
  path: z.string(),
  createdAt: Time,
  postkey: z.string(),
  postgres: z.string(),
  schema: z.string(),
  rows: z.int(),
  bytes: z.int(),
  sha256: z.string(),
  tables: z.array(z.strictObject({ name: z.string(), rows: z.int(), bytes: z.int(), sha256: z.string() })),
}

export const backupVerb: Verb = {
  name: 'backup',
  sentence: TEXTS.backupSentence,
  details: [TEXTS.backupWhileRunning, TEXTS.backupFolder, TEXTS.backupWithoutKey],
  operands: [{ name: 'FILE|FOLDER' }],
  options: { recipient: { type: 'string', value: 'KEYS', sentence: TEXTS.recipientOption } },
  shape: z.strictObject({ ...Summary, sizeBytes: z.int() }),
  run: (call) => backup(call, call.operands[0]!),
}

export const backupVerifyVerb: Verb = {
  name: 'backup verify',
  sentence: TEXTS.backupVerifySentence,
  details: [TEXTS.backupVerifyDetails],
  operands: [{ name: 'FILE' }],
  options: IDENTITY_OPTION,
  shape: z.strictObject(Summary),
  run: (call) => verify(call, call.operands[0]!),
}

async function backup({ findDatabase, json, print, ...call }: VerbCall, target: string): Promise<ExitCode> {
  // Before the database: without an intended key, the file would have all mail in clear text.
  const given = call.options['recipient']
  const recipients = typeof given === 'string' ? parseRecipients(given) : call.backupRecipients()
  const url = await findDatabase()
  const signal = call.stopSignal()
  const startedAt = call.clock.now()
  const { path, sizeBytes, content } = await createBackup(target, {
    recipients,
    ...{ clock: call.clock, version: VERSION, databaseUrl: url.reveal(), signal },
    onProgress: createProgress(call.note),
  })
  await recordCommand(url.reveal(), { path, sizeBytes }, { startedAt, endedAt: call.clock.now() }).catch(
    (error: unknown) => call.note(fillText(TEXTS.backupNotRecorded, { reason: AppError.from(error).message })),
  )
  if (json) print(JSON.stringify({ path, sizeBytes, ...summaryOf(content) }))
  else
    print(
      [fillText(TEXTS.backedUp, { path, size: sizeText(sizeBytes), ...wordsOf(content) }), TEXTS.keepKey].join('\n'),
    )
  return EXIT.fine
}

async function verify({ json, print, options, stopSignal, note }: VerbCall, path: string): Promise<ExitCode> {
  const content = await verifyBackup(path, {
    identities: readIdentities(options['identity']),
    signal: stopSignal(),
    onProgress: createProgress(note),
  })
  print(
    json ? JSON.stringify({ path: resolve(path), ...summaryOf(content) }) : fillText(TEXTS.verified, wordsOf(content)),
  )
  return EXIT.fine
}

/** Content of a backup for programs. */
export function summaryOf({ header, tables, trailer, sha256 }: BackupContent) {
  const { createdAt, postkey, postgres, migrations } = header
  const schema = migrations.at(-1)!.name
  return { createdAt, postkey, postgres, schema, rows: trailer.rows, bytes: trailer.bytes, sha256, tables }
}

/** Parameters of the sentences about a backup. */
export function wordsOf({ header, tables, trailer }: BackupContent) {
  const { createdAt, postkey } = header
  return {
    ...{ rows: trailer.rows.toLocaleString('en-US'), tables: String(tables.length), data: sizeText(trailer.bytes) },
    ...{ at: createdAt, version: postkey },
  }
}
