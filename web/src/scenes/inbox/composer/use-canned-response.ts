import { useQuery } from '@tanstack/react-query'
import { getEmailAccountsIdIdentitiesOptions, postCannedResponsesIdUse } from '../../../api/client.ts'
import { useRefresh } from '../../../api/refresh.ts'
import { useMe } from '../../../session/session.ts'
import type { CannedUse } from './canned-picker.tsx'
import { fillPlaceholders, placeholderValues } from './placeholders.ts'
import type { useComposer } from './use-composer.ts'

/** Fetches a canned response for this message: attaches its files, and fills its placeholders. */
export function useCannedResponse(
  draftId: string,
  { emailAccountId, keeper, list }: Pick<ReturnType<typeof useComposer>, 'emailAccountId' | 'keeper' | 'list'>,
): CannedUse {
  const me = useMe()
  const { data } = useQuery(getEmailAccountsIdIdentitiesOptions({ path: { id: emailAccountId } }))
  const refresh = useRefresh('canned-responses')
  return async ({ id, attachments }) => {
    const hasFiles = attachments.length > 0
    if (hasFiles) await keeper.create()
    const { data: used } = await postCannedResponsesIdUse({ path: { id }, body: hasFiles ? { draftId } : {} })
    list.addAttached(used.attachments)
    void refresh()
    const { to, subject, identityId } = keeper.now().writing
    const identities = data?.identities ?? []
    const identity = identities.find((one) => (identityId === undefined ? one.isDefault : one.id === identityId))
    return fillPlaceholders(used, placeholderValues({ identity, recipient: to[0], agent: me, subject }))
  }
}
