import { resolve } from 'node:path'
import { z } from 'zod'
import { AppError, fillText } from '../../kernel/errors.ts'
import { sizeText } from '../backup-progress.ts'
import { TEXTS } from '../texts.ts'
import { ACTOR, EXIT, type ExitCode, type Verb, type VerbCall } from '../verb.ts'
import { writeArchive, type ArchivedFile } from './archive.ts'
import { listNames, PARTS } from './parts.ts'
import { createHiding, redact } from './redact.ts'

const Missing = z.strictObject({ name: z.string(), reason: z.string(), code: z.string().optional() })

export const supportBundleVerb: Verb = {
  name: 'support-bundle',
  sentence: TEXTS.supportBundleSentence,
  details: [TEXTS.supportBundleContent, TEXTS.supportBundleOmits, TEXTS.supportBundleExitCode],
  operands: [{ name: 'FILE' }],
  options: { log: { type: 'string', value: 'FILE', sentence: TEXTS.logOption } },
  shape: z.strictObject({
    path: z.string(),
    sizeBytes: z.int(),
    files: z.array(z.string()),
    missing: z.array(Missing),
  }),
  run: (call) => bundle(call, resolve(call.operands[0]!)),
}

async function bundle(given: VerbCall, path: string): Promise<ExitCode> {
  // An installation that can't be opened is tried once, and not for each part.
  let opening: ReturnType<VerbCall['open']> | undefined
  const call: VerbCall = { ...given, open: () => (opening ??= given.open()) }
  const files: ArchivedFile[] = []
  const missing: z.infer<typeof Missing>[] = []
  const names = await listNames(call).catch((error: unknown) => {
    // Without names to hide, all parts are those of an installation that can't be opened.
    opening = Promise.reject(AppError.from(error))
    opening.catch(() => undefined)
    return undefined
  })
  const hiding = createHiding(names)
  for (const { name, read } of PARTS) {
    if (name === 'log.ndjson' && call.options['log'] === undefined && call.findLogFile() === undefined) {
      missing.push({ name, reason: TEXTS.logElsewhere })
      continue
    }
    try {
      files.push({ name, text: redact(await read(call, hiding)) })
    } catch (error) {
      missing.push({ name, ...reasonOf(error) })
    }
  }
  const fileNames = files.map(({ name }) => name)
  const readme = [TEXTS.supportBundleReadme, '', ...fileNames, ...linesOf(missing)].join('\n')
  const sizeBytes = await writeArchive(
    path,
    [{ name: 'README.txt', text: redact(`${readme}\n`) }, ...files],
    call.clock.now(),
  )
  await recordBundle(call, { path, sizeBytes, files: files.length }).catch((error: unknown) =>
    call.note(fillText(TEXTS.supportBundleNotRecorded, { reason: AppError.from(error).message })),
  )
  if (call.json) call.print(JSON.stringify({ path, sizeBytes, files: fileNames, missing }))
  else
    call.print(
      [fillText(TEXTS.supportBundleWritten, { path, size: sizeText(sizeBytes) }), ...linesOf(missing)].join('\n'),
    )
  return missing.length > 0 ? EXIT.foundTrouble : EXIT.fine
}

/** Fails while the database doesn't answer; the bundle is complete nevertheless. */
async function recordBundle(call: VerbCall, detail: { path: string; sizeBytes: number; files: number }): Promise<void> {
  const { people, database } = await call.open()
  const { audit } = people
  await audit.record(database.db, { actor: ACTOR, action: 'support_bundle.created', subject: 'support-bundle', detail })
}

/** Errors of files keep their code; everything else is in the catalog. */
function reasonOf(error: unknown): { reason: string; code?: string } {
  const isOfFile = error instanceof Error && 'syscall' in error && 'code' in error
  if (isOfFile) return { reason: redact(error.message), code: String(error.code) }
  const { message: reason, code } = AppError.from(error)
  return { reason, code }
}

function linesOf(missing: readonly z.infer<typeof Missing>[]): string[] {
  return missing.map(({ name, reason, code }) =>
    fillText(TEXTS.supportBundleMissing, { name, reason: code === undefined ? reason : `${reason} (${code})` }),
  )
}
