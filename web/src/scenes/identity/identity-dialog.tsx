import { Button, Group, Modal, Stack, Text } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useState, type ComponentType, type KeyboardEvent } from 'react'
import { getOpenidConfirmationsOptions, getSessionConfirmOptions } from '../../api/client.ts'
import { hasPasskeys } from '../../api/passkeys.ts'
import { LoadingRows } from '../../components/loading-rows.tsx'
import { ProblemNotice } from '../../components/problem-notice.tsx'
import { useSignOut } from '../../session/session.ts'
import { words } from '../../words/index.ts'
import { ByOpenId } from './by-openid.tsx'
import { ByPasskey } from './by-passkey.tsx'
import { ByPassword } from './by-password.tsx'
import { KEEPS_ESCAPE } from './keeps-escape.ts'
import type { MethodProps } from './method-props.ts'

type Method = keyof typeof words.identity.others

/** Forms by method, the preferred first. */
const FORMS: Readonly<Record<Method, ComponentType<MethodProps>>> = { passkey: ByPasskey, password: ByPassword }
const METHODS = Object.keys(FORMS) as Method[]

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

/** The preferred form, with a button for each other one. */
function Forms(props: Omit<MethodProps, 'codes'>) {
  const { data, error, isPending, refetch } = useQuery({ ...getSessionConfirmOptions(), staleTime: 0 })
  // Without them, the other methods work.
  const openId = useQuery({ ...getOpenidConfirmationsOptions(), staleTime: 0, retry: false })
  const [chosen, choose] = useState<Method>()
  if (isPending || openId.isPending) return <LoadingRows rows={1} />
  if (error) return <ProblemNotice error={error} onRetry={() => void refetch()} />
  const identityProviders = openId.data?.identityProviders ?? []
  const byOpenId = identityProviders.length > 0 && <ByOpenId identityProviders={identityProviders} />
  const usable = METHODS.filter((method) => data.methods.includes(method) && isUsableHere(method))
  const method = chosen ?? usable[0]
  if (method === undefined) return byOpenId || <NoMethod onCancel={props.onCancel} />
  const Form = FORMS[method]
  return (
    <>
      <Form {...props} codes={data.codes} />
      {usable
        .filter((other) => other !== method)
        .map((other) => (
          <Button key={other} variant="subtle" size="compact-sm" onClick={() => choose(other)} {...KEEPS_ESCAPE}>
            {words.identity.others[other]}
          </Button>
        ))}
      {byOpenId}
    </>
  )
}

function isUsableHere(method: Method): boolean {
  return method !== 'passkey' || hasPasskeys()
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
