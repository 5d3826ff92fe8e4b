import { resolve } from 'node:path'
import { z } from 'zod'
import { restoreBackup } from '../backup/index.ts'
import { fillText } from '../kernel/errors.ts'
import { createLog } from '../kernel/log.ts'
import { Summary, summaryOf, wordsOf } from './backup.ts'
import { createProgress } from './backup-progress.ts'
import { IDENTITY_OPTION, readIdentities } from './identity-file.ts'
import { TEXTS } from './texts.ts'
import { EXIT, type Verb } from './verb.ts'

export const restoreVerb: Verb = {
  name: 'restore',
  sentence: TEXTS.restoreSentence,
  details: [TEXTS.restoreTarget, TEXTS.restoreUpgrade, TEXTS.restoreWhole, TEXTS.restoreHeld],
  operands: [{ name: 'FILE' }],
  options: { ...IDENTITY_OPTION, overwrite: { type: 'boolean', sentence: TEXTS.overwriteOption } },
  shape: z.strictObject({
    ...Summary,
    skipped: z.array(z.string()),
    migrated: z.array(z.string()),
    isAnalyzed: z.boolean(),
  }),
  async run({ findDatabase, operands, options, json, print, note, clock, stopSignal }) {
    const [path] = operands as [string]
    const { content, skipped, migrated, isAnalyzed } = await restoreBackup(path, {
      ...{
        clock,
        log: createLog({ level: 'silent' }),
        findDatabase: () => findDatabase({ create: true }),
        signal: stopSignal(),
      },
      identities: readIdentities(options['identity']),
      overwrite: options['overwrite'] === true,
      onProgress: createProgress(note),
    })
    if (json) print(JSON.stringify({ path: resolve(path), ...summaryOf(content), skipped, migrated, isAnalyzed }))
    else {
      print(
        [
          fillText(TEXTS.restored, wordsOf(content)),
          ...(skipped.length > 0 ? [fillText(TEXTS.restoreSkipped, { tables: skipped.join(', ') })] : []),
          ...(migrated.length > 0 ? [fillText(TEXTS.restoreMigrated, { last: migrated.at(-1)! })] : []),
          ...(isAnalyzed ? [] : [TEXTS.restoreNotAnalyzed]),
          TEXTS.afterRestore,
        ].join('\n'),
      )
    }
    return EXIT.fine
  },
}
