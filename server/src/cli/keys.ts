import { AppError, fillText } from '../kernel/errors.ts'
import { makeEncryptionKey } from '../kernel/key-ring.ts'
import type { RotationResult } from '../cloud-providers/index.ts'
import { TEXTS } from './texts.ts'
import { EXIT, type ExitCode, type Verb, type VerbCall } from './verb.ts'

export const keysVerb: Verb = {
  name: 'keys',
  usage: 'keys rotate | make | give-up <key>',
  sentence: TEXTS.keysSentence,
  details: [TEXTS.keysRotate, TEXTS.keysRotated, TEXTS.keysMake, TEXTS.keysGiveUp, TEXTS.keysGiveUpLimit],
  mostOperands: 2,
  async run(call) {
    const [what, key, ...more] = call.operands
    if (what === 'rotate' && key === undefined) return rotate(call)
    if (what === 'make' && key === undefined) return make(call)
    if (what === 'give-up' && key !== undefined && more.length === 0) return giveUp(call, key)
    throw new AppError('cli.usage', { cause: new Error(TEXTS.keysWrongUse) })
  },
}

async function rotate({ open, json, print }: VerbCall): Promise<ExitCode> {
  const { keyRotation } = await open()
  const result = await keyRotation.rotate(({ table, resealed }) => {
    if (!json && resealed > 0) print(fillText(TEXTS.tableRotated, { table, count: String(resealed) }))
  })
  print(json ? JSON.stringify(result) : inWords(result))
  return result.unreadable.length > 0 || result.behind > 0 ? EXIT.foundTrouble : EXIT.fine
}

/** Prints a new line for the key file. The output is a secret. */
async function make({ json, print }: VerbCall): Promise<ExitCode> {
  const { id, key } = makeEncryptionKey()
  const line = `${id} ${key.toString('base64')}`
  print(json ? JSON.stringify({ line }) : line)
  return EXIT.fine
}

async function giveUp({ open, json, print }: VerbCall, key: string): Promise<ExitCode> {
  await open({ giveUpKey: key })
  print(json ? JSON.stringify({ givenUp: key }) : fillText(TEXTS.givenUp, { key }))
  return EXIT.fine
}

function inWords(result: RotationResult): string {
  const { currentKeyId, resealed, unreadable, behind, canBeDropped, stillNeeded } = result
  const lines = [
    resealed === 0
      ? fillText(TEXTS.allCurrent, { key: currentKeyId })
      : fillText(TEXTS.rotated, { count: String(resealed), key: currentKeyId }),
    ...unreadable.map(({ table, count }) => fillText(TEXTS.unreadable, { table, count: String(count) })),
    ...(behind > 0 ? [fillText(TEXTS.behind, { count: String(behind) })] : []),
    ...(canBeDropped.length > 0 ? [fillText(TEXTS.canBeDropped, { keys: canBeDropped.join(', ') })] : []),
    ...(stillNeeded.length > 0 ? [fillText(TEXTS.stillNeeded, { keys: stillNeeded.join(', ') })] : []),
  ]
  return lines.join('\n')
}
