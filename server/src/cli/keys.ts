import { z } from 'zod'
import { fillText } from '../kernel/errors.ts'
import { makeEncryptionKey } from '../kernel/key-ring.ts'
import type { RotationResult } from '../cloud-providers/index.ts'
import { TEXTS } from './texts.ts'
import { EXIT, type ExitCode, type Verb, type VerbCall } from './verb.ts'

const Rotation = z.strictObject({
  currentKeyId: z.string(),
  resealed: z.int(),
  unreadable: z.array(z.strictObject({ table: z.string(), count: z.int() })),
  behind: z.int(),
  canBeDropped: z.array(z.string()),
  stillNeeded: z.array(z.string()),
})

export const keysRotateVerb: Verb = {
  name: 'keys rotate',
  sentence: TEXTS.keysRotateSentence,
  details: [TEXTS.keysRotate, TEXTS.keysRotated],
  shape: Rotation,
  run: rotate,
}

export const keysMakeVerb: Verb = {
  name: 'keys make',
  sentence: TEXTS.keysMakeSentence,
  details: [TEXTS.keysMake],
  shape: z.strictObject({ line: z.string() }),
  printsSecret: true,
  run: make,
}

export const keysGiveUpVerb: Verb = {
  name: 'keys give-up',
  sentence: TEXTS.keysGiveUpSentence,
  details: [TEXTS.keysGiveUp],
  operands: [{ name: 'KEY' }],
  shape: z.strictObject({
    givenUp: z.string(),
    erasuresToRepeat: z.array(z.strictObject({ id: z.string(), startedAt: z.iso.datetime() })),
  }),
  run: giveUp,
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

async function giveUp({ open, json, print, operands }: VerbCall): Promise<ExitCode> {
  const [key] = operands as [string]
  const { retention } = await open({ giveUpKey: key })
  const unprotected = await retention.erasures.listUnprotected()
  const erasuresToRepeat = unprotected.map(({ id, startedAt }) => ({ id, startedAt: startedAt.toISOString() }))
  if (json) print(JSON.stringify({ givenUp: key, erasuresToRepeat }))
  else {
    print(fillText(TEXTS.givenUp, { key }))
    const erasures = erasuresToRepeat.map(({ id, startedAt }) => `${startedAt} ${id}`).join('\n')
    if (erasures !== '') print(fillText(TEXTS.erasuresToRepeat, { erasures }))
  }
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
