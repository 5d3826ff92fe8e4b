import { Group, Stack, Text, ThemeIcon } from '@mantine/core'
import { IconCheck, IconMinus, IconX, type Icon } from '@tabler/icons-react'
import type { DoctorLine } from '../../api/client.ts'
import { ExplanationBlock } from '../../components/explanation-block.tsx'
import { words } from '../../words/index.ts'
import classes from './doctor.module.css'

const SIGNS: Readonly<Record<DoctorLine['outcome'], { color: string; Sign: Icon }>> = {
  ok: { color: 'teal.8', Sign: IconCheck },
  wrong: { color: 'red.8', Sign: IconX },
  'not-tried': { color: 'gray.6', Sign: IconMinus },
}

/** One checked part: an icon and a word, the finding, and for a problem the fix. */
export function DoctorLineItem({ line, first }: { line: DoctorLine; first: DoctorLine | undefined }) {
  const { label, outcome, title, facts, fix, who, explanation, code } = line
  const text = words.doctor
  const { color, Sign } = SIGNS[outcome]
  return (
    <li className={classes.line} data-outcome={outcome}>
      <ThemeIcon size="sm" radius="xl" color={color} aria-hidden>
        <Sign size={12} />
      </ThemeIcon>
      <Stack gap={4} className={classes.body}>
        <Group gap={6} wrap="wrap">
          <Text size="sm" fw={outcome === 'wrong' ? 700 : 500}>
            {label}
          </Text>
          <Text size="sm" c="dimmed" fw={outcome === 'wrong' ? 700 : undefined}>
            {text.outcomes[outcome]}
          </Text>
          <Text size="sm">{first ? text.comesFirst(first.label) : title}</Text>
        </Group>
        {outcome === 'wrong' && explanation && <ExplanationBlock explanation={explanation} />}
        {outcome === 'wrong' && !explanation && (
          <>
            <Text size="sm">{fix}</Text>
            <Text size="sm">
              <b>{text.whoCanFix}:</b> {who}
            </Text>
          </>
        )}
        {(facts.length > 0 || code !== undefined) && (
          <Text size="xs" c="dimmed" className={classes.facts}>
            {[...facts.map(({ name, value }) => `${name}: ${value}`), ...(code === undefined ? [] : [code])].join(
              ' · ',
            )}
          </Text>
        )}
      </Stack>
    </li>
  )
}
