import { Button, FileButton, Group, Stack, Tabs, Text, Textarea } from '@mantine/core'
import { useState } from 'react'
import { words } from '../../words/index.ts'
import { type BatchRequest, withSource } from './batch-request.ts'
import { decodeText } from './decode-text.ts'
import { DirectoryPicker } from './directory-picker.tsx'

const text = words.accountBatches
const MOST_BYTES = 500_000

interface BatchSourceProps {
  request: BatchRequest
  onChange: (request: BatchRequest) => void
}

/** The mailboxes: a CSV or list, or users of the organization where an application opens them. */
export function BatchSource({ request, onChange }: BatchSourceProps) {
  const { opener, source } = request
  if (opener.kind === 'grant') return <CsvInput request={request} onChange={onChange} />
  return (
    <Tabs
      value={source}
      keepMounted={false}
      onChange={(value) => onChange(withSource(request, value === 'directory' ? 'directory' : 'csv'))}
    >
      <Tabs.List>
        <Tabs.Tab value="csv">{text.fromFile}</Tabs.Tab>
        <Tabs.Tab value="directory">{text.fromOrganization}</Tabs.Tab>
      </Tabs.List>
      <Tabs.Panel value="csv" pt="md">
        <CsvInput request={request} onChange={onChange} />
      </Tabs.Panel>
      <Tabs.Panel value="directory" pt="md">
        <DirectoryPicker request={request} onChange={onChange} />
      </Tabs.Panel>
    </Tabs>
  )
}

function CsvInput({ request, onChange }: BatchSourceProps) {
  const [isTooLarge, setIsTooLarge] = useState(false)
  const read = async (file: File | null | undefined) => {
    if (!file) return
    setIsTooLarge(file.size > MOST_BYTES)
    if (file.size <= MOST_BYTES) onChange({ ...request, csv: decodeText(await file.arrayBuffer()) })
  }
  return (
    <Stack gap="xs">
      <Textarea
        label={text.csv}
        description={text.csvHint}
        placeholder={'support@contoso.com\nbilling@contoso.com'}
        autosize
        minRows={6}
        maxRows={14}
        spellCheck={false}
        styles={{ input: { fontFamily: 'var(--mantine-font-family-monospace)' } }}
        value={request.csv}
        error={isTooLarge && text.tooLarge}
        onChange={({ currentTarget }) => onChange({ ...request, csv: currentTarget.value })}
        onDrop={(event) => {
          if (event.dataTransfer.files.length === 0) return
          event.preventDefault()
          void read(event.dataTransfer.files[0])
        }}
      />
      <Group>
        <FileButton onChange={(file) => void read(file)} accept=".csv,.txt,text/csv,text/plain">
          {(props) => (
            <Button variant="default" size="xs" {...props}>
              {text.chooseFile}
            </Button>
          )}
        </FileButton>
        {request.csv !== '' && (
          <Text size="sm" c="dimmed">
            {text.lines(request.csv.split('\n').filter((line) => line.trim() !== '').length)}
          </Text>
        )}
      </Group>
    </Stack>
  )
}
