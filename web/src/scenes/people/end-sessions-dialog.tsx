import { deletePeopleIdSessionsMutation } from '../../api/client.ts'
import { useRefresh } from '../../api/refresh.ts'
import { useOnce } from '../../api/use-once.ts'
import { ConfirmDialog } from '../../components/confirm-dialog.tsx'
import { showNotice } from '../../components/show-notice.ts'
import { useMe } from '../../session/session.ts'
import { words } from '../../words/index.ts'
import type { PersonDialogProps } from './person-dialog.ts'

export function EndSessionsDialog({ person, opened, onClose }: PersonDialogProps) {
  const me = useMe()
  const { endSessionsTitle, endSessionsSentence, endSessions, sessionsEnded, removeSelf } = words.people
  const refresh = useRefresh('session', 'sessions')
  const leave = () => {
    onClose()
    end.reset()
  }
  const end = useOnce({
    ...deletePeopleIdSessionsMutation(),
    onSuccess: async ({ ended }) => {
      showNotice({ message: sessionsEnded(person.name, ended) })
      leave()
      await refresh()
    },
  })
  return (
    <ConfirmDialog
      opened={opened}
      onClose={leave}
      title={endSessionsTitle(person.name)}
      sentence={person.id === me.id ? removeSelf : endSessionsSentence}
      confirm={endSessions}
      busy={end.isPending}
      error={end.error}
      onConfirm={() => end.mutate({ path: { id: person.id } })}
    />
  )
}
