import { Anchor, Button, Checkbox, Group, Loader, Stack, Text } from '@mantine/core'
import { IconRefresh } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { Link, useSearch } from '@tanstack/react-router'
import { useState } from 'react'
import { getEmailAccountsIdOptions, type DoctorLine } from '../../api/client.ts'
import { LoadingRows } from '../../components/loading-rows.tsx'
import { Page } from '../../components/page.tsx'
import { ProblemNotice } from '../../components/problem-notice.tsx'
import { Section } from '../../components/section.tsx'
import { words } from '../../words/index.ts'
import classes from './doctor.module.css'
import { DoctorLineItem } from './doctor-line.tsx'
import { ReportSection } from './report-section.tsx'
import { useExamination } from './use-examination.ts'

/** Doctor for the installation or one mailbox: results, problems, responsible people, and fixes. */
export function DoctorPage() {
  const { account: id } = useSearch({ from: '/signed-in/doctor' })
  const account = useQuery({ ...getEmailAccountsIdOptions({ path: { id: id ?? '' } }), enabled: id !== undefined })
  const text = words.doctor
  const name = id === undefined ? text.installation : account.data?.name
  return (
    <Page title={name === undefined ? text.title : text.titleOf(name)} actions={<RecoveryAction id={id} />}>
      <Text size="sm">{text.sentence}</Text>
      {/* Another mailbox starts another examination. */}
      <Findings key={id ?? ''} account={id} />
    </Page>
  )
}

function RecoveryAction({ id }: { id: string | undefined }) {
  if (id === undefined) {
    return (
      <Anchor component={Link} to="/settings" size="sm">
        {words.settings.title}
      </Anchor>
    )
  }
  return (
    <Anchor component={Link} to={`/email-accounts/${id}`} size="sm">
      {words.emailAccounts.title}
    </Anchor>
  )
}

function Findings({ account }: { account: string | undefined }) {
  const { lines, report, problem, isRunning, run } = useExamination(account)
  const [sendTest, setSendTest] = useState(false)
  const text = words.doctor
  const wrong = lines.filter(({ outcome }) => outcome === 'wrong')
  const others = lines.filter(({ outcome }) => outcome !== 'wrong')
  return (
    <>
      <Section
        title={text.findings}
        actions={
          <Button
            size="xs"
            variant="default"
            leftSection={<IconRefresh size={14} aria-hidden />}
            disabled={isRunning}
            onClick={() => run(sendTest)}
          >
            {text.run}
          </Button>
        }
      >
        <Stack gap={4} role="status">
          <Group gap="xs">
            {isRunning && <Loader size="xs" aria-hidden />}
            <Text fw={600}>{headline({ isRunning, known: lines.length, wrong: wrong.length, failed: !!problem })}</Text>
          </Group>
          {report && (
            <Text size="sm" c="dimmed">
              {text.summary(count(lines, 'ok'), wrong.length, count(lines, 'not-tried'))}
            </Text>
          )}
        </Stack>
        {account !== undefined && (
          <Checkbox
            label={text.sendTest}
            checked={sendTest}
            disabled={isRunning}
            onChange={({ currentTarget }) => setSendTest(currentTarget.checked)}
          />
        )}
        {problem && <ProblemNotice error={problem} onRetry={() => run(sendTest)} />}
        {lines.length === 0 && isRunning && <LoadingRows rows={6} height={44} />}
        {/* Problems come first, once all results are in: until then nothing jumps. */}
        <Lines lines={report ? [...wrong, ...others] : lines} all={lines} />
      </Section>
      {report && <ReportSection report={report} />}
    </>
  )
}

function Lines({ lines, all }: { lines: readonly DoctorLine[]; all: readonly DoctorLine[] }) {
  if (lines.length === 0) return undefined
  return (
    <ul className={classes.lines} aria-label={words.doctor.findings}>
      {lines.map((line) => (
        <DoctorLineItem key={line.id} line={line} first={all.find(({ id }) => id === line.because)} />
      ))}
    </ul>
  )
}

function headline(state: { isRunning: boolean; known: number; wrong: number; failed: boolean }): string {
  const { isRunning, known, wrong, failed } = state
  const text = words.doctor
  if (isRunning) return text.running(known)
  if (failed) return ''
  return wrong === 0 ? text.allWell : text.someWrong(wrong)
}

function count(lines: readonly DoctorLine[], outcome: DoctorLine['outcome']): number {
  return lines.filter((line) => line.outcome === outcome).length
}
