import type { EmailAccount } from '../../email-accounts/index.ts'
import { AppError, fillText } from '../../kernel/errors.ts'
import { refusal } from '../refusal.ts'
import { TEXTS } from '../texts.ts'
import type { CliRooms } from '../verb.ts'

/** Finds a mailbox by its key, address or id. @throws AppError `email_accounts.not_found` */
export async function findAccount({ doctor }: Pick<CliRooms, 'doctor'>, name: string): Promise<EmailAccount> {
  return doctor.findAccount(name).catch((error: unknown) => {
    if (!(error instanceof AppError) || error.code !== 'email_accounts.not_found') throw error
    throw refusal(error.code, fillText(TEXTS.unknownAccount, { name }))
  })
}
