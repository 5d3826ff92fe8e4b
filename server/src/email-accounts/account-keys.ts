import { isUniqueViolation } from '../database/index.ts'
import { AppError } from '../kernel/errors.ts'

/** Normalizes the short name of an account to its stored form. */
export function keyFrom(text: string): string {
  const key = text.toUpperCase()
  if (!/^[A-Z0-9]{1,5}$/.test(key)) throw new AppError('email_accounts.key_malformed')
  return key
}

/** Runs `work`; a duplicate key or address throws an error that names it. */
export async function uniquely<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    if (isUniqueViolation(error, 'email_accounts_key_key')) {
      throw new AppError('email_accounts.key_taken', { cause: error })
    }
    if (
      isUniqueViolation(error, 'email_accounts_address') ||
      isUniqueViolation(error, 'email_accounts_address_of_servers')
    ) {
      throw new AppError('email_accounts.address_taken', { cause: error })
    }
    throw error
  }
}
