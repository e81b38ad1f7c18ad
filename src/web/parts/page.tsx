import { type ReactNode, useEffect } from 'react'
import { t } from '../words/t.ts'

export interface PageProps {
  readonly title: string
  /** Beside the title: state, mode. */
  readonly marks?: ReactNode
  readonly lead?: ReactNode
  readonly crumbs?: readonly ReactNode[]
  readonly actions?: ReactNode
  readonly children: ReactNode
}

/** Breadcrumbs, title, actions at the top right, content. */
export function Page({ title, marks, lead, crumbs = [], actions, children }: PageProps) {
  useEffect(() => {
    document.title = `${title} - Muster`
  }, [title])
  return (
    <div className="stack">
      <header>
        {crumbs.length > 0 && (
          <nav aria-label={t('nav.crumbs')}>
            <ol className="crumbs">
              {crumbs.map((crumb, index) => (
                // biome-ignore lint/suspicious/noArrayIndexKey: the path of one page never changes its order
                <li key={index}>{crumb}</li>
              ))}
            </ol>
          </nav>
        )}
        <div className="spread">
          <div className="stack-tight">
            <div className="row">
              <h1 className="page-title break">{title}</h1>
              {marks}
            </div>
            {lead !== undefined && <div className="subtle">{lead}</div>}
          </div>
          {actions !== undefined && <div className="row">{actions}</div>}
        </div>
      </header>
      {children}
    </div>
  )
}
