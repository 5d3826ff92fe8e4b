/** Process that appends a page to a file, and prints why it could not. Run it with a limit of the size of files. */
import { createFileTarget, type AuditEntry } from '../../src/audit/index.ts'
import { AppError } from '../../src/kernel/errors.ts'

const [, , path = ''] = process.argv
const detail = { text: 'x'.repeat(1_000) }
const entries: AuditEntry[] = Array.from({ length: 100 }, (_, id) => ({
  ...{ id, actor: 'cli', action: 'api_key.revoked', subject: 'key', detail, at: new Date() },
}))
try {
  await createFileTarget(path).send(entries, new AbortController().signal)
} catch (error) {
  process.stdout.write(AppError.from(error).detail ?? '')
}
