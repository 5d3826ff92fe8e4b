import { Anchor, Modal, Text, TextInput, Tooltip, ActionIcon } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { IconMessageBolt } from '@tabler/icons-react'
import { useMutation, useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useState, type KeyboardEvent } from 'react'
import { getCannedResponsesOptions, type CannedResponseEntry } from '../../../api/client.ts'
import { LoadingRows } from '../../../components/loading-rows.tsx'
import { ProblemNotice } from '../../../components/problem-notice.tsx'
import { useOptionList } from '../../../components/use-option-list.ts'
import { words } from '../../../words/index.ts'
import { findCanned } from './canned-search.ts'
import classes from './canned-picker.module.css'

interface CannedText {
  text: string
  html: string
}

export type CannedUse = (entry: CannedResponseEntry) => Promise<CannedText>

const text = words.writing.canned
const MOST_SHOWN = 50

export function useCannedPicker() {
  const [opened, { open, close }] = useDisclosure(false)
  return { opened, open, onClose: close }
}

export function CannedButton({ onOpen }: { onOpen: () => void }) {
  return (
    <Tooltip label={`${text.insert} (/)`}>
      <ActionIcon variant="default" size={28} aria-label={text.insert} onClick={onOpen}>
        <IconMessageBolt size={16} aria-hidden />
      </ActionIcon>
    </Tooltip>
  )
}

interface CannedPickerProps {
  opened: boolean
  onClose: () => void
  onUse: CannedUse
  onInsert: (content: CannedText) => void
}

/** Finds a canned response by keyboard and inserts it at the cursor. */
export function CannedPicker({ opened, onClose, onUse, onInsert }: CannedPickerProps) {
  const [inserted, setInserted] = useState<CannedText>()
  return (
    <Modal
      opened={opened}
      onClose={onClose}
      // After the dialog has returned the focus to the text.
      onExitTransitionEnd={() => {
        if (inserted) requestAnimationFrame(() => onInsert(inserted))
        setInserted(undefined)
      }}
      title={text.insert}
      transitionProps={{ duration: 0 }}
      closeButtonProps={{ 'aria-label': words.close }}
    >
      <Finder
        onUse={onUse}
        onDone={(content) => {
          setInserted(content)
          onClose()
        }}
      />
    </Modal>
  )
}

function Finder({ onUse, onDone }: { onUse: CannedUse; onDone: (content: CannedText) => void }) {
  const { data, error, refetch } = useQuery(getCannedResponsesOptions())
  const [wanted, setWanted] = useState('')
  const using = useMutation({ mutationFn: onUse, onSuccess: onDone })
  const found = findCanned(data?.cannedResponses ?? [], wanted).slice(0, MOST_SHOWN)
  const choose = (entry: CannedResponseEntry) => {
    if (!using.isPending) using.mutate(entry)
  }
  const { current, optionId, toFirst, listProps, fieldProps } = useOptionList(found.length, (index) =>
    choose(found[index]!),
  )

  const press = (event: KeyboardEvent) => {
    fieldProps.onKeyDown(event)
    // A second slash is meant as text.
    if (event.key === '/' && wanted === '') {
      event.preventDefault()
      onDone({ text: '/', html: '' })
    }
  }
  return (
    <>
      <TextInput
        data-autofocus
        {...fieldProps}
        aria-label={text.search}
        placeholder={text.search}
        value={wanted}
        onChange={({ currentTarget }) => {
          setWanted(currentTarget.value)
          toFirst()
        }}
        onKeyDown={press}
      />
      {error && <ProblemNotice error={error} onRetry={() => void refetch()} />}
      {using.error && <ProblemNotice error={using.error} />}
      {!data && !error && <LoadingRows rows={2} height={36} />}
      {data && found.length === 0 && (
        <Text size="sm" c="dimmed" mt="sm" role="status">
          {wanted === '' ? text.none : text.notFound}
        </Text>
      )}
      <ul {...listProps} aria-label={text.title} className={classes.list}>
        {found.map((entry, index) => (
          <li
            key={entry.id}
            id={optionId(index)}
            role="option"
            aria-selected={index === current}
            className={classes.option}
            onClick={() => choose(entry)}
          >
            <Text size="sm" fw={500} truncate dir="auto">
              {entry.folder !== '' && <span className={classes.folder}>{entry.folder} / </span>}
              {entry.name}
            </Text>
            <Text size="xs" className={classes.folder} truncate dir="auto">
              {entry.preview}
            </Text>
          </li>
        ))}
      </ul>
      <Anchor component={Link} to="/writing" size="sm">
        {text.manage}
      </Anchor>
    </>
  )
}
