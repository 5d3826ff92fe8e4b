import type { EmailAccount } from '../../email-accounts/index.ts'
import { toJson } from '../shapes.ts'
import { TEXTS } from '../texts.ts'
import { EXIT, type CliRooms, type Verb, type VerbCall } from '../verb.ts'
import { PrintedAccount, textOfAccount } from './email-account.ts'
import { findAccount } from './find-account.ts'

export const emailAccountShowVerb: Verb = {
  name: 'email-account show',
  sentence: TEXTS.emailAccountShowSentence,
  details: [TEXTS.accountNames],
  operands: [{ name: 'ACCOUNT' }],
  shape: PrintedAccount,
  async run(call) {
    const rooms = await call.open()
    await printAccount(await findAccount(rooms, call.operands[0]!), rooms, call)
    return EXIT.fine
  },
}

export async function printAccount(
  account: EmailAccount,
  { cloudProviders }: CliRooms,
  { json, print }: Pick<VerbCall, 'json' | 'print'>,
): Promise<void> {
  const { cloudProviderId } = account
  const provider = cloudProviderId === undefined ? undefined : await cloudProviders.get(cloudProviderId)
  print(json ? toJson(PrintedAccount, account) : textOfAccount(account, provider?.name))
}
