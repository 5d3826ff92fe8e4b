/** Building blocks of several pages of the portal. */
import { html, type Html, type HtmlValue } from '../../kernel/html.ts'
import type { NavigationLink } from '../../kernel/page.ts'
import type { Application } from '../../tenants/index.ts'
import type { Visit } from './visit.ts'

const SECTIONS = [
  ['', 'Overview'],
  ['/branding', 'Branding & properties'],
  ['/authentication', 'Authentication'],
  ['/credentials', 'Certificates & secrets'],
  ['/api-permissions', 'API permissions'],
  ['/owners', 'Owners'],
  ['/manifest', 'Manifest'],
] as const

export type RegistrationSection = (typeof SECTIONS)[number][1]

export function registrationPath({ appId }: Application): string {
  return `/app-registrations/${appId}`
}

/** Common parts of each page of an app registration. */
export function registrationFrame(application: Application, current: RegistrationSection) {
  const links: NavigationLink[] = SECTIONS.map(([path, label]) => ({
    href: registrationPath(application) + path,
    label,
    current: label === current,
  }))
  return {
    title: current === 'Overview' ? application.displayName : `${application.displayName} | ${current}`,
    part: 'app-registrations' as const,
    sections: { label: 'Manage', links },
  }
}

/** A form that consists of a single button. */
export function buttonForm(
  visit: Visit,
  action: string,
  label: string,
  options: { fields?: Record<string, string>; kind?: 'primary' | 'danger' | 'link'; describe?: string } = {},
): Html {
  const { fields = {}, kind = 'link', describe } = options
  return html`<form class="inline" method="post" action="${action}">
    ${visit.canary()}
    ${Object.entries(fields).map(([name, value]) => html`<input type="hidden" name="${name}" value="${value}" />`)}
    <button class="${kind}" type="submit" ${describe !== undefined && html`aria-label="${label} ${describe}"`}>
      ${label}
    </button>
  </form>`
}

/**
 * A table that scrolls separately on a small screen, or a hint when it is empty. Its caption is only for screen readers
 * when a heading above has the same text.
 */
export function table(
  caption: string,
  heads: readonly string[],
  rows: readonly HtmlValue[][],
  empty: HtmlValue,
  options: { captioned?: boolean } = {},
): Html {
  if (rows.length === 0) return html`<p class="empty">${empty}</p>`
  return html`<div class="scroll" role="region" aria-label="${caption}" tabindex="0">
    <table>
      <caption ${options.captioned !== true && html`class="unseen"`}>
        ${caption}
      </caption>
      <thead>
        <tr>
          ${heads.map((head) => (head === '' ? html`<th scope="col"><span class="unseen">Actions</span></th>` : html`<th scope="col">${head}</th>`))}
        </tr>
      </thead>
      <tbody>
        ${rows.map(
          (cells) =>
            html`<tr>
              ${cells.map((cell) => html`<td>${cell}</td>`)}
            </tr>`,
        )}
      </tbody>
    </table>
  </div>`
}

/** A date in the portal's format, with the exact time on hover. */
export function day(iso: string): Html {
  const time = new Date(iso)
  const text = new Intl.DateTimeFormat('en-US', { dateStyle: 'medium', timeZone: 'UTC' }).format(time)
  return html`<time datetime="${iso}" title="${iso}">${text}</time>`
}

/** Values of a refused form, which are shown again. */
export interface Draft {
  values: URLSearchParams
  faults: Partial<Record<string, string>>
}

export const NO_DRAFT: Draft = { values: new URLSearchParams(), faults: {} }

/** Notice on pages that the user can view but not change. */
export function readOnlyNotice(): Html {
  return html`<p class="notice info">Read-only. Only an owner or a Global Administrator can change this.</p>`
}
