import { Button } from '@mantine/core'
import { useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import type { StandingDecisionView } from '../../contract/exceptions.ts'
import { api } from '../api.ts'
import { Confirm } from '../parts/confirm.tsx'
import { useMay } from '../parts/me.ts'
import { When } from '../parts/when.tsx'
import { t } from '../words/t.ts'

export interface StandingProps {
  readonly connection: string
  /** Whom and what it is about, in the words of the list it stands in. */
  readonly label: string
  readonly decided: StandingDecisionView
}

/** What was decided about something: by whom, when, why; and the way to take it back. */
export function Standing({ connection, label, decided }: StandingProps) {
  const { id, decision, sentence, by, at, comment } = decided
  const [isRevoking, setIsRevoking] = useState(false)
  const mayRevoke = useMay('approver', connection)
  const queries = useQueryClient()
  const revoke = async () => {
    await api.exceptions.revoke({ params: { key: connection, exception: id } })
    await Promise.all([
      queries.invalidateQueries({ queryKey: ['drift', connection] }),
      queries.invalidateQueries({ queryKey: ['work'] }),
    ])
  }
  return (
    <div className="stack-tight">
      <div title={sentence}>
        <strong>{t(`decide.stands.${decision}`)}</strong>
        <div className="subtle small">
          {by}, <When at={at} short />
        </div>
        {comment !== undefined && <div className="small break">{comment}</div>}
      </div>
      {mayRevoke && (
        <div>
          <Button
            variant="default"
            size="compact-xs"
            aria-label={`${t('decide.revoke')}: ${label}`}
            onClick={() => setIsRevoking(true)}
          >
            {t('decide.revoke')}
          </Button>
        </div>
      )}
      {isRevoking && (
        <Confirm
          opened
          title={t('decide.revoke')}
          action={t('decide.revoke')}
          close={() => setIsRevoking(false)}
          act={revoke}
        >
          <strong className="break">{label}</strong>
          <div>{sentence}</div>
          <div>{t('decide.revokeLead')}</div>
        </Confirm>
      )}
    </div>
  )
}
