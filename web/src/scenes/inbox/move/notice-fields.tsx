import { Checkbox, Select, Stack, Text, Textarea } from '@mantine/core'
import { useMutation, useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import {
  getCannedResponsesOptions,
  postCannedResponsesIdUse,
  type Conversation,
  type EmailAccount,
} from '../../../api/client.ts'
import { ProblemNotice } from '../../../components/problem-notice.tsx'
import { useMe } from '../../../session/session.ts'
import { words } from '../../../words/index.ts'
import { fillPlaceholders, firstName } from '../composer/placeholders.ts'

interface NoticeFieldsProps {
  conversation: Conversation
  to: EmailAccount | undefined
  /** Text for the customer; undefined while they are not notified. */
  notice: string | undefined
  onChange: (notice: string | undefined) => void
}

/** Optional message to the customer, begun with a canned response. */
export function NoticeFields({ conversation, to, notice, onChange }: NoticeFieldsProps) {
  const { move } = words
  const me = useMe()
  const [cannedId, setCannedId] = useState<string | null>(null)
  const isOn = notice !== undefined
  const { data, error } = useQuery({ ...getCannedResponsesOptions(), enabled: isOn })
  const entries = data?.cannedResponses ?? []
  const hasFiles = (entries.find(({ id }) => id === cannedId)?.attachments.length ?? 0) > 0
  const use = useMutation({
    mutationFn: (id: string) => postCannedResponsesIdUse({ path: { id }, body: {} }),
    onSuccess: ({ data: used }) => {
      const customer = conversation.participants[0]?.name ?? ''
      const filled = fillPlaceholders(used, {
        ...{ 'customer.name': customer, 'customer.first_name': firstName(customer) },
        ...{ 'agent.name': me.name, 'agent.first_name': firstName(me.name) },
        ...{ 'mailbox.name': to?.name ?? '', 'mailbox.address': to?.address ?? '' },
        'conversation.subject': conversation.subject,
      })
      onChange(filled.text)
    },
  })
  return (
    <Stack gap="xs">
      <Checkbox
        label={move.notify}
        description={move.notifyHint}
        checked={isOn}
        disabled={to === undefined}
        onChange={({ currentTarget }) => onChange(currentTarget.checked ? '' : undefined)}
      />
      {isOn && (
        <>
          {(error ?? use.error) && <ProblemNotice error={error ?? use.error} />}
          <Select
            label={move.canned}
            data={entries.map(({ id, folder, name }) => ({
              value: id,
              label: folder === '' ? name : `${folder} / ${name}`,
            }))}
            searchable
            nothingFoundMessage={move.noCanned}
            value={cannedId}
            onChange={(id) => {
              setCannedId(id)
              if (id !== null) use.mutate(id)
            }}
          />
          {hasFiles && (
            <Text size="sm" c="dimmed">
              {move.files}
            </Text>
          )}
          <Textarea
            label={move.text}
            autosize
            minRows={4}
            maxRows={12}
            dir="auto"
            required
            value={notice}
            onChange={({ currentTarget }) => onChange(currentTarget.value)}
          />
        </>
      )}
    </Stack>
  )
}
