import type { ReactNode } from 'react'

/** A list without anything: what would be here, and what to do first. */
export function Empty({
  title,
  children,
  actions,
}: {
  readonly title: string
  readonly children?: ReactNode
  readonly actions?: ReactNode
}) {
  return (
    <div className="empty stack-tight">
      <h2 style={{ margin: 0, fontSize: 16 }}>{title}</h2>
      {children !== undefined && <div className="subtle">{children}</div>}
      {actions !== undefined && (
        <div className="row" style={{ justifyContent: 'center' }}>
          {actions}
        </div>
      )}
    </div>
  )
}
