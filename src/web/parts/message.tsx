import type { ReactNode } from 'react'
import { Icon, type IconName } from './icon.tsx'
import type { Tone } from './lozenge.tsx'

const marks: Readonly<Record<Tone, IconName>> = {
  neutral: 'info',
  info: 'info',
  success: 'check',
  warning: 'warning',
  danger: 'warning',
  discovery: 'info',
}

export interface MessageProps {
  readonly tone: Tone
  readonly title?: string | undefined
  readonly children?: ReactNode
  readonly actions?: ReactNode
  /** Read out at once by screen readers; for what a click just caused. */
  readonly alert?: boolean
}

/** A fact about the whole page or form, with at most two things to do about it. */
export function Message({ tone, title, children, actions, alert = false }: MessageProps) {
  return (
    <div className="message" data-tone={tone} role={alert ? 'alert' : undefined}>
      <span className="message-mark">
        <Icon name={marks[tone]} />
      </span>
      <div className="grow stack-tight">
        {title !== undefined && <div className="message-title">{title}</div>}
        {children}
        {actions !== undefined && <div className="row">{actions}</div>}
      </div>
    </div>
  )
}
