import { useQuery } from '@tanstack/react-query'
import { showNotice } from '../../components/show-notice.ts'
import { deletePeopleIdMutation, getApiKeysOptions } from '../../api/client.ts'
import { useRefresh } from '../../api/refresh.ts'
import { useOnce } from '../../api/use-once.ts'
import { ConfirmDialog } from '../../components/confirm-dialog.tsx'
import { useMe } from '../../session/session.ts'
import { language, words } from '../../words/index.ts'
import type { PersonDialogProps } from './person-dialog.ts'

export function RemoveDialog({ person, opened, onClose }: PersonDialogProps) {
  const me = useMe()
  const people = words.people
  const { data } = useQuery({ ...getApiKeysOptions(), enabled: opened })
  const keys = data?.apiKeys.filter(({ createdBy, revokedAt }) => createdBy === person.id && !revokedAt) ?? []
  const names = new Intl.ListFormat(language).format(keys.map(({ name }) => name))
  const refresh = useRefresh('people', 'session', 'api-keys')
  const leave = () => {
    onClose()
    remove.reset()
  }
  const remove = useOnce({
    ...deletePeopleIdMutation(),
    onSuccess: async () => {
      showNotice({ message: people.removed(person.name) })
      leave()
      await refresh()
    },
  })
  return (
    <ConfirmDialog
      opened={opened}
      onClose={leave}
      title={people.removeTitle(person.name)}
      sentence={person.id === me.id ? people.removeSelf : undefined}
      removes={[...people.removeRemoves, ...(keys.length > 0 ? [people.removesKeys(names)] : [])]}
      keeps={people.removeKeeps}
      confirm={people.removeButton(person.name)}
      busy={remove.isPending}
      error={remove.error}
      destructive
      onConfirm={() => remove.mutate({ path: { id: person.id } })}
    />
  )
}
