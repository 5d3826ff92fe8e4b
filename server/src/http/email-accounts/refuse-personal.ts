import { AppError } from '../../kernel/errors.ts'
import type { GrantId } from '../../kernel/ids.ts'
import type { Grants } from '../../tokens/index.ts'

/** A personal Microsoft account opens its own mailbox and no other: there is no Full Access to give. */
export async function refusePersonal(
  grants: Pick<Grants, 'get'>,
  { grantId, kind }: { grantId?: GrantId | undefined; kind: 'user' | 'shared' },
): Promise<void> {
  if (kind === 'shared' && grantId !== undefined && (await grants.get(grantId)).isPersonal) {
    throw new AppError('email_accounts.personal_not_shared', { field: 'kind' })
  }
}
