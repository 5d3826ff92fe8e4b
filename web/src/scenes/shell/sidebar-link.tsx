import { Tooltip, VisuallyHidden } from '@mantine/core'
import type { Icon } from '@tabler/icons-react'
import { Link, type LinkProps } from '@tanstack/react-router'
import { createContext, use, useId, type ReactNode } from 'react'
import classes from './sidebar.module.css'

/** `true` while the sidebar shows icons only. */
export const SidebarContext = createContext(false)

interface SidebarLinkProps extends Pick<LinkProps, 'to' | 'search'> {
  label: string
  /** An icon, or a colored mark. */
  sign: Icon | ReactNode
  active: boolean
  /** Number at the end of the line, if any. */
  count?: number | undefined
  /** A count of this size means *at least*. */
  most?: number | undefined
  /** A badge in place of the number. */
  badge?: ReactNode
  /** Longer name, shown on hover. */
  title?: string
}

/** A link of the sidebar. Collapsed, only its icon is visible. */
export function SidebarLink({
  to,
  search,
  label,
  sign,
  active,
  count = 0,
  most = Infinity,
  badge,
  title = label,
}: SidebarLinkProps) {
  const collapsed = use(SidebarContext)
  const shown = count >= most ? `${(most - 1).toLocaleString()}+` : count.toLocaleString()
  const Sign = typeof sign === 'function' || isForwarded(sign) ? (sign as Icon) : undefined
  return (
    <Tooltip label={title} position="right" disabled={!collapsed && title === label}>
      <Link
        to={to}
        search={search}
        className={classes.link}
        data-active={active || undefined}
        activeOptions={{ exact: true, explicitUndefined: true }}
        aria-current={active ? 'page' : undefined}
        // Not part of the name, which stays the same while the number changes.
        aria-description={count > 0 ? shown : undefined}
      >
        {Sign ? <Sign size={18} stroke={1.75} aria-hidden className={classes.sign} /> : (sign as ReactNode)}
        {collapsed ? <VisuallyHidden>{label}</VisuallyHidden> : <span className={classes.label}>{label}</span>}
        {badge ??
          (count > 0 && !collapsed && (
            <span className={classes.count} aria-hidden>
              {shown}
            </span>
          ))}
      </Link>
    </Tooltip>
  )
}

function isForwarded(sign: unknown): boolean {
  return typeof sign === 'object' && sign !== null && '$$typeof' in sign && 'render' in sign
}

/** A group of links with a heading. Tags and saved views are further groups. */
export function SidebarGroup({ title, children }: { title?: string; children: ReactNode }) {
  const id = useId()
  const collapsed = use(SidebarContext)
  return (
    <div role="group" aria-labelledby={title === undefined ? undefined : id} className={classes.group}>
      {title !== undefined && (
        <div id={id} className={classes.title}>
          {collapsed ? <VisuallyHidden>{title}</VisuallyHidden> : title}
        </div>
      )}
      {children}
    </div>
  )
}
