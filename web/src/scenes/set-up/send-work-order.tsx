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
import { MadeLink } from './made-link.tsx'
import type { Wish } from './wish.ts'

const text = words.setUp.send

/** The work order goes to another person as a link, and the ids come back by it. */
export function SendWorkOrder({ wish, workOrders }: { wish: Wish; workOrders: readonly WorkOrderLink[] }) {
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
      {isOut && <MadeLink title={text.made} sentence={text.once} name={text.link} url={make.data.url} />}
      <Group>
        <Button
          variant={isOut ? 'default' : 'filled'}
          loading={make.isPending}
          onClick={() => make.mutate({ body: wish })}
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
      <EndWorkOrder id={id} title={text.revokeTitle} goes={text.revokeGoes} button={text.revoke} />
    </Group>
  )
}

export interface EndWorkOrderProps {
  id: string
  title: string
  goes: readonly string[]
  button: string
}

/** Takes a link back, or refuses what came by it; the registration itself is not ours to undo. */
export function EndWorkOrder({ id, title, goes, button }: EndWorkOrderProps) {
  const queryClient = useQueryClient()
  const [asked, ask] = useState(false)
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
        opened={asked}
        onClose={() => ask(false)}
        title={title}
        goes={goes}
        stays={text.revokeStays}
        confirm={button}
        onConfirm={() => end.mutate({ path: { id } })}
        busy={end.isPending}
        error={end.error}
        destructive
      />
    </>
  )
}
