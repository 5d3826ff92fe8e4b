import { AppError } from '../kernel/errors.ts'
import type { EmailAccountId } from '../kernel/ids.ts'
import type { AccountChanges } from './account-changes.ts'
import { keyFrom } from './account-keys.ts'
import type { AssociateInput } from './associating.ts'
import type { CapabilityChecks } from './capability-checks.ts'
import type { EmailAccountsDeps } from './deps.ts'
import type { EmailAccount } from './email-account.ts'
import type { Folders } from './folders.ts'
import { importFrom } from './import-from.ts'
import type { Lifecycle } from './lifecycle.ts'
import { columnsOf, type ApplicationOf, type Openers } from './openers.ts'

export type UpdateInput = Partial<
  Pick<AssociateInput, 'name' | 'key' | 'contact' | 'grantId' | 'importDays' | 'folderRemoteIds'> & {
    /** The application itself opens it from now on. */
    application: Pick<ApplicationOf, 'tenantId'>
  }
>

interface UpdatingDeps
  extends
    Pick<EmailAccountsDeps, 'clock' | 'transports'>,
    Pick<AccountChanges, 'get' | 'change' | 'interrupt'>,
    Pick<CapabilityChecks, 'checkAgain'> {
  lifecycle: Lifecycle
  folders: Folders
  openers: Openers
}

/** What an admin changes of an email account, with what follows at Microsoft. */
export function createUpdating(deps: UpdatingDeps) {
  const { clock, transports, lifecycle, folders, get, change, interrupt, checkAgain } = deps

  async function update(id: EmailAccountId, input: UpdateInput, actor: string): Promise<EmailAccount> {
    const before = await get(id)
    const { name, contact, importDays, folderRemoteIds } = input
    const key = input.key === undefined ? undefined : keyFrom(input.key)
    const opener = await openerOf(before, input)
    const access = { ...before, ...opener }
    const remote = folderRemoteIds && (await (await transports.of(access)).listFolders())

    await change(
      id,
      { actor, action: 'email_accounts.update', detail: { changed: Object.keys(input) } },
      async (tx, account) => {
        const values = { ...(name && { name }), ...(key && { key }), ...(contact && { contact }) }
        const moved = {
          ...(opener && columnsOf(opener.principal)),
          ...(importDays && { import_from: importFrom(clock, importDays) }),
        }
        if (Object.keys({ ...values, ...moved }).length > 0) {
          await tx
            .updateTable('email_accounts')
            .set({ ...values, ...moved })
            .where('id', '=', id)
            .execute()
        }
        if (importDays && importFrom(clock, importDays) < account.importFrom) await folders.readAgain(tx, id)
        if (remote) await folders.choose(tx, id, remote, folderRemoteIds)
        if (opener) await lifecycle.move(tx, id, 'signed-in')
        if (Object.keys(moved).length > 0 || remote) await interrupt(tx, id)
      },
    )
    return opener ? checkAgain(id) : get(id)
  }

  /** Somebody else of the same cloud provider; undefined when it stays as it is. */
  async function openerOf({ cloudProviderId, principal }: EmailAccount, { grantId, application }: UpdateInput) {
    if (grantId === undefined && application === undefined) return undefined
    const tenantId = application?.tenantId ?? (principal.kind === 'application' ? principal.tenantId : undefined)
    const opener = await deps.openers.resolve(
      grantId === undefined ? { applicationOf: { cloudProviderId, tenantId } } : { grantId },
    )
    if (opener.cloudProviderId !== cloudProviderId) throw new AppError('email_accounts.other_cloud_provider')
    return opener
  }

  return { update }
}
