import { showNotice } from '../../components/show-notice.ts'
import { deletePeopleIdMutation } from '../../api/client.ts'
import { useRefresh } from '../../api/refresh.ts'
import { useOnce } from '../../api/use-once.ts'
import { ConfirmDialog } from '../../components/confirm-dialog.tsx'
import { useMe } from '../../session/session.ts'
import { words } from '../../words/index.ts'
import type { PersonDialogProps } from './person-dialog.ts'
import { useLostKeys } from './use-lost-keys.ts'

export function RemoveDialog({ person, opened, onClose }: PersonDialogProps) {
  const me = useMe()
  const people = words.people
  const lostKeys = useLostKeys(person, opened)
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
      removes={[...people.removeRemoves, ...lostKeys]}
      keeps={people.removeKeeps}
      confirm={people.removeButton(person.name)}
      busy={remove.isPending}
      error={remove.error}
      destructive
      onConfirm={() => remove.mutate({ path: { id: person.id } })}
    />
  )
}
