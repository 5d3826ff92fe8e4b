import { useQuery } from '@tanstack/react-query'
import {
  deleteIdentityProvidersIdMutation,
  getIdentityProvidersIdRemovalOptions,
  type IdentityProvider,
} from '../../../api/client.ts'
import { useRefresh } from '../../../api/refresh.ts'
import { useOnce } from '../../../api/use-once.ts'
import { ConfirmDialog } from '../../../components/confirm-dialog.tsx'
import { words } from '../../../words/index.ts'

/** Confirms the removal of a provider, with the people who lose their only way to sign in. */
export function RemoveProvider({ provider, onClose }: { provider: IdentityProvider; onClose: () => void }) {
  const path = { id: provider.id }
  const preview = useQuery({ ...getIdentityProvidersIdRemovalOptions({ path }), gcTime: 0 })
  const refresh = useRefresh('identity-providers', 'sign-in-options', 'linked-sign-ins', 'admission-requests')
  const remove = useOnce({
    ...deleteIdentityProvidersIdMutation(),
    onSuccess: async () => {
      onClose()
      await refresh()
    },
  })
  const text = words.signInProviders
  const { people = [], stranded = [] } = preview.data ?? {}
  const error = remove.error ?? preview.error
  return (
    <ConfirmDialog
      opened
      onClose={onClose}
      title={text.removeTitle(provider.name)}
      removes={[
        ...(preview.data ? [text.removesLinks(people.length)] : []),
        ...(stranded.length > 0 ? [text.stranded(stranded.map(({ name }) => name).join(', '))] : []),
      ]}
      keeps={text.removeKeeps}
      confirm={text.removeButton}
      waiting={!preview.data}
      busy={remove.isPending}
      error={error}
      destructive
      onConfirm={() => remove.mutate({ path })}
    />
  )
}
