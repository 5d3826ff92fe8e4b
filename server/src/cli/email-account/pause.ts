import { fillText } from '../../kernel/errors.ts'
import { toJson } from '../shapes.ts'
import { TEXTS } from '../texts.ts'
import { ACTOR, EXIT, type ExitCode, type Verb, type VerbCall } from '../verb.ts'
import { PrintedAccount } from './email-account.ts'
import { findAccount } from './find-account.ts'

const head = { details: [TEXTS.accountNames], operands: [{ name: 'ACCOUNT' }], shape: PrintedAccount }

export const emailAccountPauseVerb: Verb = {
  ...head,
  name: 'email-account pause',
  sentence: TEXTS.emailAccountPauseSentence,
  run: (call) => change('pause', TEXTS.accountPaused, call),
}

export const emailAccountResumeVerb: Verb = {
  ...head,
  name: 'email-account resume',
  sentence: TEXTS.emailAccountResumeSentence,
  run: (call) => change('resume', TEXTS.accountResumed, call),
}

async function change(
  action: 'pause' | 'resume',
  done: typeof TEXTS.accountPaused | typeof TEXTS.accountResumed,
  { open, operands, json, print }: VerbCall,
): Promise<ExitCode> {
  const rooms = await open()
  const { id } = await findAccount(rooms, operands[0]!)
  const account = await rooms.emailAccounts[action](id, ACTOR)
  const { key, address, state } = account
  print(json ? toJson(PrintedAccount, account) : fillText(done, { key, address, state }))
  return EXIT.fine
}
