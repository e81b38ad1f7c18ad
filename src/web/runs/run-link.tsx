import { Link } from '@tanstack/react-router'
import { t } from '../words/t.ts'

export function RunLink({ run }: { readonly run: number }) {
  return (
    <Link to="/runs/$run" params={{ run: String(run) }}>
      {t('run.number')} {run}
    </Link>
  )
}
