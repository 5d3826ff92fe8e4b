import { Button, Group, Modal, Stack, Text } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import type { ComponentType, KeyboardEvent } from 'react'
import { getSessionConfirmOptions, type GetSessionConfirmResponse } from '../../api/client.ts'
import { LoadingRows } from '../../components/loading-rows.tsx'
import { ProblemNotice } from '../../components/problem-notice.tsx'
import { useSignOut } from '../../session/session.ts'
import { words } from '../../words/index.ts'
import { ByPassword } from './by-password.tsx'
import { KEEPS_ESCAPE } from './keeps-escape.ts'
import type { MethodProps } from './method-props.ts'

type Method = GetSessionConfirmResponse['methods'][number]

/** Forms by method, the preferred first. */
const FORMS: readonly [Method, ComponentType<MethodProps>][] = [['password', ByPassword]]

/** Asks for another proof of identity. It can lie over the dialog of the action, which stays as it is. */
export function IdentityDialog({ opened, onLeave }: { opened: boolean; onLeave: (isConfirmed: boolean) => void }) {
  const { title, sentence } = words.identity
  const cancel = () => onLeave(false)
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === 'Escape') cancel()
  }
  return (
    <Modal
      opened={opened}
      onClose={cancel}
      title={title}
      closeOnEscape={false}
      closeOnClickOutside={false}
      closeButtonProps={{ 'aria-label': words.close, ...KEEPS_ESCAPE }}
      zIndex={300}
      centered
      onKeyDown={onKeyDown}
    >
      <Stack>
        <Text size="sm">{sentence}</Text>
        <Forms onConfirmed={() => onLeave(true)} onCancel={cancel} />
      </Stack>
    </Modal>
  )
}

function Forms(props: MethodProps) {
  const { data, error, isPending, refetch } = useQuery({ ...getSessionConfirmOptions(), staleTime: 0 })
  if (isPending) return <LoadingRows rows={1} />
  if (error) return <ProblemNotice error={error} onRetry={() => void refetch()} />
  const [, Form] = FORMS.find(([method]) => data.methods.includes(method)) ?? []
  return Form ? <Form {...props} /> : <NoMethod onCancel={props.onCancel} />
}

function NoMethod({ onCancel }: Pick<MethodProps, 'onCancel'>) {
  const signOut = useSignOut()
  return (
    <>
      <Text size="sm">{words.identity.noMethod}</Text>
      <Group justify="flex-end">
        <Button variant="default" onClick={onCancel} {...KEEPS_ESCAPE}>
          {words.cancel}
        </Button>
        <Button onClick={() => void signOut()} {...KEEPS_ESCAPE}>
          {words.shell.signOut}
        </Button>
      </Group>
    </>
  )
}
