import { toShownText } from '../kernel/shown-text.ts'

interface Words {
  title: string
  fix?: string | undefined
  code?: string | undefined
}

/** A line, and below it a reason with its fix and its code. */
export function reasonText(head: string | undefined, reason: Words | undefined): string {
  const lines = reason && [
    `${toShownText(reason.title)}${reason.code === undefined ? '' : ` (${reason.code})`}`,
    ...(reason.fix === undefined ? [] : [toShownText(reason.fix)]),
  ]
  const indent = head === undefined ? '' : ' '.repeat(13)
  return [...(head === undefined ? [] : [head]), ...(lines ?? []).map((line) => indent + line)].join('\n')
}
