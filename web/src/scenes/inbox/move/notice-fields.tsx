import { Checkbox, Select, Stack, Text, Textarea } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { getCannedResponsesOptions } from '../../../api/client.ts'
import { ProblemNotice } from '../../../components/problem-notice.tsx'
import { words } from '../../../words/index.ts'
import type { useNotice } from './use-notice.ts'

interface NoticeFieldsProps {
  notice: ReturnType<typeof useNotice>
  disabled: boolean
}

/** Optional message to the customer, begun with a canned response. */
export function NoticeFields({ notice, disabled }: NoticeFieldsProps) {
  const move = words.move
  const { text, isPending, cannedId } = notice
  const isOn = text !== undefined
  const { data, error: listError, refetch } = useQuery({ ...getCannedResponsesOptions(), enabled: isOn })
  const entries = data?.cannedResponses ?? []
  const hasFiles = (entries.find(({ id }) => id === cannedId)?.attachments.length ?? 0) > 0
  const error = listError ?? notice.error
  const retry = () => (listError ? void refetch() : notice.retry())
  return (
    <Stack gap="xs">
      <Checkbox
        label={move.notify}
        description={move.notifyHint}
        checked={isOn}
        disabled={disabled || isPending}
        onChange={({ currentTarget }) => notice.toggle(currentTarget.checked)}
      />
      {isOn && (
        <>
          {error && <ProblemNotice error={error} onRetry={retry} />}
          <Select
            label={move.canned}
            data={entries.map(({ id, folder, name }) => ({
              value: id,
              label: folder === '' ? name : `${folder} / ${name}`,
            }))}
            searchable
            nothingFoundMessage={move.noCanned}
            value={cannedId}
            // Disabled, it would lose the focus.
            readOnly={isPending}
            onChange={(id) => notice.choose(id)}
          />
          {hasFiles && (
            <Text size="sm" c="dimmed">
              {move.files}
            </Text>
          )}
          <Textarea
            label={move.text}
            description={notice.isOutdated && move.otherMailbox}
            autosize
            minRows={4}
            maxRows={12}
            dir="auto"
            required
            readOnly={isPending}
            value={text}
            onChange={({ currentTarget }) => notice.setText(currentTarget.value)}
          />
        </>
      )}
    </Stack>
  )
}
