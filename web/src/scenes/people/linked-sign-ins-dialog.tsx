import { Button, Group, Modal, Stack, Text } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import {
  deletePeopleIdLinkedSignInsLinkIdMutation,
  getPeopleIdLinkedSignInsOptions,
  type LinkedSignIn,
} from '../../api/client.ts'
import { useRefresh } from '../../api/refresh.ts'
import { useOnce } from '../../api/use-once.ts'
import { ConfirmDialog } from '../../components/confirm-dialog.tsx'
import { LoadingRows } from '../../components/loading-rows.tsx'
import { ProblemNotice } from '../../components/problem-notice.tsx'
import { showNotice } from '../../components/show-notice.ts'
import { Time } from '../../components/time.tsx'
import { useMe } from '../../session/session.ts'
import { words } from '../../words/index.ts'
import type { PersonDialogProps } from './person-dialog.ts'

/** Accounts at sign-in providers by which a person signs in, each with its removal. */
export function LinkedSignInsDialog({ person, opened, onClose }: PersonDialogProps) {
  const [removed, setRemoved] = useState<LinkedSignIn>()
  const path = { id: person.id }
  const { data, error, isPending, refetch } = useQuery({
    ...getPeopleIdLinkedSignInsOptions({ path }),
    enabled: opened,
  })
  const text = words.people
  return (
    <>
      <Modal opened={opened && !removed} onClose={onClose} title={text.linkedSignInsTitle(person.name)} centered>
        <Stack>
          {error && <ProblemNotice error={error} onRetry={() => void refetch()} />}
          {isPending && opened && <LoadingRows rows={1} />}
          {data?.linkedSignIns.length === 0 && <Text size="sm">{text.noLinkedSignIns}</Text>}
          {data?.linkedSignIns.map((link) => (
            <Group key={link.id} justify="space-between" gap="xs">
              <div>
                <Text size="sm">{words.signInProviders.linkedAs(link.userName, link.provider)}</Text>
                {link.lastUsedAt !== undefined && (
                  <Text size="sm" c="dimmed">
                    {text.linkLastUsed} <Time at={link.lastUsedAt} />
                  </Text>
                )}
              </div>
              <Button
                size="compact-sm"
                variant="default"
                aria-label={words.signInProviders.unlinkOf(link.userName)}
                onClick={() => setRemoved(link)}
              >
                {words.signInProviders.unlink}
              </Button>
            </Group>
          ))}
        </Stack>
      </Modal>
      {removed && <Removal person={person} link={removed} onClose={() => setRemoved(undefined)} />}
    </>
  )
}

interface RemovalProps extends Pick<PersonDialogProps, 'person' | 'onClose'> {
  link: LinkedSignIn
}

function Removal({ person, link, onClose }: RemovalProps) {
  const me = useMe()
  const refresh = useRefresh('people')
  const text = words.people
  const remove = useOnce({
    ...deletePeopleIdLinkedSignInsLinkIdMutation(),
    onSuccess: async () => {
      showNotice({ message: text.linkRemoved(link.userName) })
      await refresh()
      onClose()
    },
  })
  return (
    <ConfirmDialog
      opened
      onClose={onClose}
      title={text.removeLinkTitle(link.userName, person.name)}
      removes={[
        ...text.removeLinkRemoves(person.id === me.id),
        ...(link.isOnlyWay ? [text.removesOnlyWay(person.name)] : []),
      ]}
      keeps={text.removeLinkKeeps}
      confirm={words.signInProviders.unlink}
      busy={remove.isPending}
      error={remove.error}
      destructive
      onConfirm={() => remove.mutate({ path: { id: person.id, linkId: link.id } })}
    />
  )
}
