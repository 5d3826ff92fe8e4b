import { AppError } from '../kernel/errors.ts'
import { makeEncryptionKey } from '../kernel/key-ring.ts'
import type { RotationResult } from '../cloud-providers/index.ts'
import { EXIT, type ExitCode, type Verb, type VerbCall } from './verb.ts'

export const keysVerb: Verb = {
  name: 'keys',
  usage: 'keys rotate | make | give-up <key>',
  sentence: 'Re-encrypts stored secrets with the newest key, prints a new key, or gives up a lost key.',
  details: [
    'rotate: first add a new key at the top of the key file of every server and restart them. Servers keep running.',
    'Lists the old keys that you can remove from the file afterwards. If interrupted, run it again to continue.',
    'make: prints a new line for the key file. Changes nothing.',
    'give-up: for a key that no backup contains. Data encrypted with it is lost: users sign in again, and admins enter',
    'each secret again. Nothing else changes.',
  ],
  mostOperands: 2,
  async run(call) {
    const [what, key, ...more] = call.operands
    if (what === 'rotate' && key === undefined) return rotate(call)
    if (what === 'make' && key === undefined) return make(call)
    if (what === 'give-up' && key !== undefined && more.length === 0) return giveUp(call, key)
    throw new AppError('cli.usage', {
      cause: new Error('postkey keys: say "rotate", "make", or "give-up" and the id of a key.'),
    })
  },
}

async function rotate({ open, json, print }: VerbCall): Promise<ExitCode> {
  const { keyRotation } = await open()
  const result = await keyRotation.rotate(({ table, resealed }) => {
    if (!json && resealed > 0) print(`${table}: ${resealed} re-encrypted`)
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
  print(
    json
      ? JSON.stringify({ givenUp: key })
      : `Key ${key} is given up. Start Postkey: it lists the sign-ins and secrets that must be entered again.`,
  )
  return EXIT.fine
}

function inWords(result: RotationResult): string {
  const { currentKeyId, resealed, unreadable, behind, canBeDropped, stillNeeded } = result
  const lines = [
    resealed === 0
      ? `All secrets are already encrypted with ${currentKeyId}.`
      : `${resealed} rows re-encrypted with ${currentKeyId}.`,
    ...unreadable.map(({ table, count }) => `${table}: ${count} can’t be decrypted with any key of the key file.`),
    ...(behind > 0
      ? [
          `${behind} rows were encrypted with an older key meanwhile: restart the servers with the new key file, and run this again.`,
        ]
      : []),
    ...(canBeDropped.length > 0
      ? [
          `After every server has restarted with the new key file, you can remove these keys from it: ${canBeDropped.join(', ')}.`,
        ]
      : []),
    ...(stillNeeded.length > 0 ? [`Still needed: ${stillNeeded.join(', ')}.`] : []),
  ]
  return lines.join('\n')
}
