import { Button, Group, Modal, Stack, Text } from '@mantine/core'
import { postPeopleIdResetLinkMutation } from '../../api/client.ts'
import { useOnce } from '../../api/use-once.ts'
import { ProblemNotice } from '../../components/problem-notice.tsx'
import { words } from '../../words/index.ts'
import type { PersonDialogProps } from './person-dialog.ts'
import { CreatedLink } from './created-link.tsx'

/** A password reset link. It is shown once. */
export function ResetDialog({ person, opened, onClose }: PersonDialogProps) {
  const make = useOnce(postPeopleIdResetLinkMutation())
  const { resetTitle, resetSentence, makeLink, done } = words.people
  const leave = () => {
    onClose()
    make.reset()
  }
  return (
    <Modal opened={opened} onClose={leave} title={resetTitle(person.name)} closeOnClickOutside={false} centered>
      <Stack>
        {make.data ? <CreatedLink link={make.data} /> : <Text size="sm">{resetSentence}</Text>}
        {make.error && <ProblemNotice error={make.error} />}
        <Group justify="flex-end">
          {make.data ? (
            <Button onClick={leave}>{done}</Button>
          ) : (
            <>
              <Button variant="default" onClick={leave}>
                {words.cancel}
              </Button>
              <Button loading={make.isPending} onClick={() => make.mutate({ path: { id: person.id } })}>
                {makeLink}
              </Button>
            </>
          )}
        </Group>
      </Stack>
    </Modal>
  )
}
