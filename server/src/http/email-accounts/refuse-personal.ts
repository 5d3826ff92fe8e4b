import { AppError } from '../../kernel/errors.ts'
import type { GrantId } from '../../kernel/ids.ts'
import type { Grants } from '../../tokens/index.ts'

/** Refuses a personal Microsoft account for a mailbox other than its own, because Full Access does not exist there. */
export async function refusePersonal(
  grants: Pick<Grants, 'get'>,
  { grantId, kind }: { grantId?: GrantId | undefined; kind: 'user' | 'shared' },
): Promise<void> {
  if (kind === 'shared' && grantId !== undefined && (await grants.get(grantId)).isPersonal) {
    throw new AppError('email_accounts.personal_not_shared', { field: 'kind' })
  }
}
