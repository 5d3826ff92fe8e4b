import { Button, Table, Text } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import type { AccountHealth } from '../../api/client.ts'
import { durationWords } from '../../components/durations.ts'
import { Section } from '../../components/section.tsx'
import { clockTime } from '../../components/time-text.ts'
import { language, words } from '../../words/index.ts'

/** Data of the charts as figures. */
export function SlotsSection({ health }: { health: AccountHealth }) {
  const { slots: texts } = words.health
  const [open, { toggle }] = useDisclosure(false)
  const number = new Intl.NumberFormat(language)
  const took = (ms: number | undefined) => (ms === undefined ? '' : durationWords(ms))
  return (
    <Section
      title={texts.title}
      actions={
        health.slots.length > 0 && (
          <Button size="xs" variant="default" onClick={toggle} aria-expanded={open}>
            {open ? texts.hide : texts.show}
          </Button>
        )
      }
    >
      {health.slots.length === 0 && <Text size="sm">{texts.none}</Text>}
      {open && (
        <Table.ScrollContainer
          minWidth={680}
          scrollAreaProps={{ viewportProps: { tabIndex: 0, 'aria-label': texts.list } }}
        >
          <Table aria-label={texts.list}>
            <Table.Thead>
              <Table.Tr>
                {[
                  texts.from,
                  texts.received,
                  texts.receivedHalf,
                  texts.receivedMost,
                  texts.sent,
                  texts.handover,
                  texts.seen,
                  texts.seenMost,
                ].map((name, n) => (
                  <Table.Th key={`${n} ${name}`}>{name}</Table.Th>
                ))}
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {health.slots.map(({ at, received, sent, receiving, handover, seen }) => (
                <Table.Tr key={at}>
                  <Table.Th scope="row">{clockTime(new Date(at))}</Table.Th>
                  <Table.Td>{number.format(received)}</Table.Td>
                  <Table.Td>{took(receiving?.p50Ms)}</Table.Td>
                  <Table.Td>{took(receiving?.maxMs)}</Table.Td>
                  <Table.Td>{number.format(sent)}</Table.Td>
                  <Table.Td>{took(handover?.p50Ms)}</Table.Td>
                  <Table.Td>{took(seen?.p50Ms)}</Table.Td>
                  <Table.Td>{took(seen?.maxMs)}</Table.Td>
                </Table.Tr>
              ))}
            </Table.Tbody>
          </Table>
        </Table.ScrollContainer>
      )}
    </Section>
  )
}
