import { Text, TextInput } from '@mantine/core'
import { IconCheck, IconMinus, IconPlus } from '@tabler/icons-react'
import { useMutation } from '@tanstack/react-query'
import { useState } from 'react'
import { postTags, type Tag } from '../../../api/client.ts'
import { useRefresh } from '../../../api/refresh.ts'
import { ProblemNotice } from '../../../components/problem-notice.tsx'
import { useOptionList } from '../../../components/use-option-list.ts'
import { words } from '../../../words/index.ts'
import classes from './tags.module.css'
import { useTags } from './use-tags.ts'

/** Longest name of a tag. */
const LONGEST_NAME = 50
const MOST_SHOWN = 100

/** Share of the conversations to tag that have a tag. */
export type TagState = 'all' | 'some' | 'none'

interface TagPickerProps {
  stateOf: (tagId: string) => TagState
  onToggle: (tagId: string, wanted: boolean) => void
}

/** Finds, adds, removes and creates tags by keyboard. */
export function TagPicker({ stateOf, onToggle }: TagPickerProps) {
  const { tags } = useTags()
  const [typed, setTyped] = useState('')
  const refresh = useRefresh('tags')
  const create = useMutation({
    mutationFn: async (name: string) => (await postTags({ body: { name }, throwOnError: true })).data,
    onSuccess: async ({ id }) => {
      setTyped('')
      await refresh()
      onToggle(id, true)
    },
  })
  const name = typed.trim()
  const wanted = name.toLocaleLowerCase()
  const found = tags.filter((tag) => tag.name.toLocaleLowerCase().includes(wanted)).slice(0, MOST_SHOWN)
  const isNew = wanted !== '' && !tags.some((tag) => tag.name.toLocaleLowerCase() === wanted)
  const count = found.length + (isNew ? 1 : 0)
  const choose = (index: number) => {
    const tag = found[index]
    if (tag) onToggle(tag.id, stateOf(tag.id) !== 'all')
    else if (isNew && !create.isPending) create.mutate(name)
  }
  const { current, optionId, toFirst, listProps, fieldProps } = useOptionList(count, choose)
  return (
    <>
      <TextInput
        data-autofocus
        {...fieldProps}
        aria-label={words.tags.find}
        placeholder={words.tags.find}
        description={words.tags.hint}
        inputWrapperOrder={['label', 'input', 'description', 'error']}
        maxLength={LONGEST_NAME}
        value={typed}
        onChange={({ currentTarget }) => {
          setTyped(currentTarget.value)
          toFirst()
        }}
      />
      {create.error && <ProblemNotice error={create.error} />}
      {count === 0 && (
        <Text size="sm" c="dimmed" mt="sm" role="status">
          {words.tags.none}
        </Text>
      )}
      <ul {...listProps} aria-multiselectable aria-label={words.tags.title} className={classes.options}>
        {found.map((tag, index) => (
          <Option
            key={tag.id}
            id={optionId(index)}
            tag={tag}
            state={stateOf(tag.id)}
            marked={index === current}
            onChoose={() => choose(index)}
          />
        ))}
        {isNew && (
          <li
            id={optionId(found.length)}
            role="option"
            aria-selected={false}
            className={classes.option}
            data-marked={current === found.length || undefined}
            onClick={() => choose(found.length)}
          >
            <IconPlus size={16} aria-hidden />
            <span className={classes.label} dir="auto">
              {words.tags.create(name)}
            </span>
          </li>
        )}
      </ul>
    </>
  )
}

interface OptionProps {
  id: string
  tag: Tag
  state: TagState
  marked: boolean
  onChoose: () => void
}

function Option({ id, tag, state, marked, onChoose }: OptionProps) {
  return (
    <li
      id={id}
      role="option"
      aria-selected={state === 'all'}
      className={classes.option}
      data-marked={marked || undefined}
      onClick={onChoose}
    >
      <span className={classes.dot} data-color={tag.color} aria-hidden />
      <span className={classes.label} dir="auto">
        {tag.name}
      </span>
      {state === 'some' && (
        <Text span size="xs" c="dimmed">
          {words.tags.onSome}
        </Text>
      )}
      {state === 'all' && <IconCheck size={16} aria-hidden />}
      {state === 'some' && <IconMinus size={16} aria-hidden />}
    </li>
  )
}
