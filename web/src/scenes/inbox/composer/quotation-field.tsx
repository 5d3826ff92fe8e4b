import { Button, Checkbox, Collapse, Group } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { IconDots } from '@tabler/icons-react'
import { useMutation } from '@tanstack/react-query'
import { useId } from 'react'
import { getMessagesIdAnswer } from '../../../api/client.ts'
import { ProblemNotice } from '../../../components/problem-notice.tsx'
import { words } from '../../../words/index.ts'
import classes from './composer.module.css'
import { QuotationFrame } from './quotation-frame.tsx'
import { quotationStyle } from './start-draft.ts'
import type { ComposerContent } from './composer-content.ts'

interface QuotationFieldProps {
  writing: ComposerContent
  onEdit: (change: Partial<ComposerContent>) => void
}

/** Quoted message, folded, with the choice to leave it out. A draft without it gets it again from the message. */
export function QuotationField({ writing, onEdit }: QuotationFieldProps) {
  const { quotation, quotes, inReplyTo, subject } = writing
  const [open, { toggle }] = useDisclosure(false)
  const id = useId()
  const fetching = useMutation({
    mutationFn: async (messageId: string) => {
      const kind = /^fwd?:/i.test(subject) ? 'forward' : 'reply'
      return (await getMessagesIdAnswer({ path: { id: messageId }, query: { kind, ...quotationStyle() } })).data
    },
    onSuccess: ({ quotedHtml: html, quotedText: text }) => onEdit({ quotation: { html, text }, quotes: true }),
  })
  if (!quotation && inReplyTo === undefined) return undefined
  const include = (wanted: boolean) => {
    if (wanted && !quotation && inReplyTo !== undefined) fetching.mutate(inReplyTo)
    else onEdit({ quotes: wanted })
  }
  const { show, hide, include: label, quoted } = words.composer.quotation
  return (
    <div>
      <Group gap="sm">
        {quotation && quotes && (
          <Button
            size="compact-sm"
            variant="default"
            onClick={toggle}
            aria-expanded={open}
            aria-controls={id}
            aria-label={open ? hide : show}
            title={open ? hide : show}
          >
            <IconDots size={16} aria-hidden />
          </Button>
        )}
        <Checkbox
          label={label}
          checked={quotes}
          disabled={fetching.isPending}
          onChange={({ currentTarget }) => include(currentTarget.checked)}
        />
      </Group>
      {fetching.error && <ProblemNotice error={fetching.error} />}
      {quotation && quotes && (
        <Collapse expanded={open} id={id} mt="xs">
          {writing.format === 'html' && open ? (
            <QuotationFrame title={quoted} html={quotation.html} />
          ) : (
            <blockquote className={classes.quoted} tabIndex={open ? 0 : -1} aria-label={quoted} dir="auto">
              {quotation.text}
            </blockquote>
          )}
        </Collapse>
      )}
    </div>
  )
}
