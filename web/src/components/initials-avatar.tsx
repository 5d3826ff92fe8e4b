import avatar from './initials-avatar.module.css'
import { initials } from './initials.ts'
import { tintOf } from './tint.ts'
import tints from './tint.module.css'

interface InitialsAvatarProps {
  name: string
  /** Determines the color: an address, or an id. */
  of: string
  size?: 'small' | 'medium'
}

/** Decoration beside a name. Its letters are no text of the page: screen readers and searches skip them. */
export function InitialsAvatar({ name, of, size = 'medium' }: InitialsAvatarProps) {
  return (
    <span
      className={`${avatar.avatar} ${tints.tint}`}
      data-tint={tintOf(of)}
      data-size={size}
      data-initials={initials(name)}
      aria-hidden
    />
  )
}
