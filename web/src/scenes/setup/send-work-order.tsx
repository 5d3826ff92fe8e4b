import { Button, Group, Stack, Text } from '@mantine/core'
import { useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import {
  deleteWorkOrdersIdMutation,
  getWorkOrdersQueryKey,
  postWorkOrdersMutation,
  type WorkOrderLink,
} from '../../api/client.ts'
import { useOnce } from '../../api/use-once.ts'
import { ConfirmDialog } from '../../components/confirm-dialog.tsx'
import { ProblemNotice } from '../../components/problem-notice.tsx'
import { Time } from '../../components/time.tsx'
import { words } from '../../words/index.ts'
import { CreatedLink } from './created-link.tsx'
import type { RegistrationRequest } from './registration-choice.ts'

const text = words.setup.send

/** Sends the work order to another person as a link, which also returns the IDs. */
export function SendWorkOrder({
  request,
  workOrders,
}: {
  request: RegistrationRequest
  workOrders: readonly WorkOrderLink[]
}) {
  const queryClient = useQueryClient()
  const make = useOnce({
    ...postWorkOrdersMutation(),
    onSuccess: () => queryClient.invalidateQueries({ queryKey: getWorkOrdersQueryKey() }),
  })
  const out = workOrders.filter(({ state }) => state === 'open')
  const isOut = make.data && out.some(({ id }) => id === make.data.link.id)
  return (
    <Stack>
      <Text>{text.sentence}</Text>
      {make.error && <ProblemNotice error={make.error} />}
      {isOut && <CreatedLink title={text.made} sentence={text.once} name={text.link} url={make.data.url} />}
      <Group>
        <Button
          variant={isOut ? 'default' : 'filled'}
          loading={make.isPending}
          onClick={() => make.mutate({ body: request })}
        >
          {text.make}
        </Button>
      </Group>
      {out.length > 0 && (
        <>
          <Text fw={600} size="sm">
            {text.list}
          </Text>
          {out.map((link) => (
            <OpenWorkOrder key={link.id} link={link} />
          ))}
        </>
      )}
    </Stack>
  )
}

function OpenWorkOrder({ link: { id, createdAt, expiresAt, state } }: { link: WorkOrderLink }) {
  return (
    <Group justify="space-between">
      <Text size="sm">
        {text.state[state]} · {text.by} <Time at={createdAt} /> · {text.until} <Time at={expiresAt} />
      </Text>
      <EndWorkOrder id={id} title={text.revokeTitle} removes={text.revokeRemoves} button={text.revoke} />
    </Group>
  )
}

interface EndWorkOrderProps {
  id: string
  title: string
  removes: readonly string[]
  button: string
}

/** Revokes a link, or rejects its returned IDs; the registration in Entra ID stays. */
export function EndWorkOrder({ id, title, removes, button }: EndWorkOrderProps) {
  const queryClient = useQueryClient()
  const [isOpen, ask] = useState(false)
  const end = useOnce({
    ...deleteWorkOrdersIdMutation(),
    onSuccess: async () => {
      await queryClient.invalidateQueries({ queryKey: getWorkOrdersQueryKey() })
      ask(false)
    },
  })
  return (
    <>
      <Button size="xs" variant="default" onClick={() => ask(true)}>
        {button}
      </Button>
      <ConfirmDialog
        opened={isOpen}
        onClose={() => ask(false)}
        title={title}
        removes={removes}
        keeps={text.revokeKeeps}
        confirm={button}
        onConfirm={() => end.mutate({ path: { id } })}
        busy={end.isPending}
        error={end.error}
        destructive
      />
    </>
  )
}
