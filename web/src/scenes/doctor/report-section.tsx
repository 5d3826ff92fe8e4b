import { Checkbox, Code, Group, Text } from '@mantine/core'
import { useState } from 'react'
import type { DoctorReport } from '../../api/client.ts'
import { CopyButton } from '../../components/copy-button.tsx'
import { Section } from '../../components/section.tsx'
import { words } from '../../words/index.ts'

/** Report for support; with addresses only if the admin includes them. */
export function ReportSection({ report }: { report: DoctorReport }) {
  const [isWhole, setWhole] = useState(false)
  const text = words.doctor
  const shown = isWhole ? report.text.whole : report.text.abbreviated
  return (
    <Section title={text.report} actions={<CopyButton value={shown} what={text.report} />}>
      <Group justify="space-between">
        <Text size="sm">{text.reportSentence}</Text>
        <Checkbox
          label={text.wholeAddresses}
          checked={isWhole}
          onChange={({ currentTarget }) => setWhole(currentTarget.checked)}
        />
      </Group>
      <Code
        block
        tabIndex={0}
        role="region"
        aria-label={text.report}
        mah={420}
        style={{ overflow: 'auto', whiteSpace: 'pre-wrap', overflowWrap: 'anywhere' }}
      >
        {shown}
      </Code>
    </Section>
  )
}
