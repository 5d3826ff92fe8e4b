import { Button, type ButtonProps } from '@mantine/core'
import { createLink } from '@tanstack/react-router'
import type { AnchorHTMLAttributes } from 'react'

type AnchorProps = Omit<AnchorHTMLAttributes<HTMLAnchorElement>, keyof ButtonProps>

function ButtonAnchor(props: ButtonProps & AnchorProps) {
  return <Button component="a" {...props} />
}

/** A link styled as a button, with typed search parameters. */
export const ButtonLink = createLink(ButtonAnchor)
