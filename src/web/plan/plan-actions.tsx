import { Button, Checkbox, TextInput } from '@mantine/core'
import { useQueryClient } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import type { PlanView } from '../../contract/plans.ts'
import type { RunView } from '../../contract/runs.ts'
import { api } from '../api.ts'
import { Confirm } from '../parts/confirm.tsx'
import { useMay } from '../parts/me.ts'
import { t } from '../words/t.ts'
import { effectSentence } from './effect.ts'
import { openCounts } from './open-counts.ts'
import { runQuery } from './queries.ts'

type Dialog = 'approve' | 'reject' | 'apply' | 'cancel' | 'undo'

/** What can be decided about a run as it stands: each with its own dialog that says what will happen. */
export function PlanActions({ run, plan }: { readonly run: RunView; readonly plan: PlanView | undefined }) {
  const [dialog, setDialog] = useState<Dialog>()
  const [everything, setEverything] = useState(false)
  const [comment, setComment] = useState('')
  const [mayApprove, mayOperate] = [useMay('approver', run.connection), useMay('operator', run.connection)]
  const queries = useQueryClient()
  const navigate = useNavigate()
  const refresh = () =>
    Promise.all(['plan', 'run', 'runs', 'waiting'].map((key) => queries.invalidateQueries({ queryKey: [key] })))
  const close = () => {
    setDialog(undefined)
    setComment('')
  }
  const said = comment.trim()
  const { ready, held } = plan === undefined ? { ready: 0, held: 0 } : openCounts(plan)
  const isMoving = run.state === 'planning' || run.state === 'applying'
  const isResting = run.state === 'planned' || run.state === 'waiting' || run.state === 'held'
  const canApply = plan !== undefined && !isMoving && run.state !== 'superseded' && run.state !== 'cancelled'
  const wantsApproval =
    canApply &&
    (isResting || run.state === 'partial') &&
    ready + held > 0 &&
    plan.approval === undefined &&
    plan.rejection === undefined
  const done = (run.outcomes.applied ?? 0) + (run.outcomes.alreadyTrue ?? 0)

  const approve = async () => {
    if (plan === undefined) return
    await api.plans.approve({
      params: { plan: plan.id },
      body: {
        fingerprint: plan.fingerprint,
        ...(releases ? { release: { all: true as const } } : {}),
        ...(said === '' ? {} : { comment: said }),
      },
    })
    await refresh()
  }
  const reject = async () => {
    if (plan === undefined) return
    await api.plans.reject({ params: { plan: plan.id }, body: { fingerprint: plan.fingerprint, comment: said } })
    await refresh()
  }
  const releases = everything || ready === 0
  const apply = async () => {
    if (plan === undefined) return
    const started = await api.plans.apply({ params: { plan: plan.id } })
    queries.setQueryData(runQuery(String(run.number)).queryKey, started)
    await refresh()
  }
  const cancel = async () => {
    await api.runs.cancel({ params: { run: run.id } })
    await refresh()
  }
  const undo = async () => {
    const started = await api.runs.undo({ params: { run: run.id } })
    await navigate({ to: '/runs/$run', params: { run: String(started.number) } })
  }

  return (
    <>
      {wantsApproval && mayApprove && (
        <Button onClick={() => setDialog('approve')}>
          {ready === 0 ? t('plan.approveAll', { count: held }) : t('plan.approve', { count: ready })}
        </Button>
      )}
      {wantsApproval && mayApprove && isResting && (
        <Button variant="default" onClick={() => setDialog('reject')}>
          {t('plan.reject')}
        </Button>
      )}
      {canApply && !wantsApproval && ready > 0 && mayOperate && (
        <Button onClick={() => setDialog('apply')}>{t('plan.apply', { count: ready })}</Button>
      )}
      {mayOperate && (isMoving || isResting) && (
        <Button variant="default" onClick={() => setDialog('cancel')}>
          {t(isMoving ? 'run.cancel' : 'plan.cancel')}
        </Button>
      )}
      {mayOperate && done > 0 && !isMoving && run.undoneBy === undefined && (
        <Button variant="default" onClick={() => setDialog('undo')}>
          {t('run.undo')}
        </Button>
      )}
      <Confirm
        opened={dialog === 'approve'}
        title={t('plan.of', { number: run.number })}
        action={releases ? t('plan.approveAll', { count: ready + held }) : t('plan.approve', { count: ready })}
        close={close}
        act={approve}
      >
        {plan !== undefined && <div>{effectSentence(plan.tally)}</div>}
        {held > 0 && <div className="subtle">{t('plan.approveAllLead', { held })}</div>}
        {held > 0 && ready > 0 && (
          <Checkbox
            size="sm"
            checked={everything}
            onChange={(event) => setEverything(event.currentTarget.checked)}
            label={t('plan.releaseAll', { count: held })}
          />
        )}
        <TextInput
          label={t('plan.comment')}
          maxLength={2000}
          value={comment}
          onChange={(event) => setComment(event.currentTarget.value)}
        />
        <div className="subtle">{t('plan.approveHelp')}</div>
      </Confirm>
      <Confirm
        opened={dialog === 'reject'}
        title={t('plan.of', { number: run.number })}
        action={t('plan.reject')}
        danger
        disabled={said === ''}
        close={close}
        act={reject}
      >
        <div>{t('plan.rejectLead')}</div>
        <TextInput
          label={t('plan.rejectWhy')}
          required
          maxLength={2000}
          value={comment}
          onChange={(event) => setComment(event.currentTarget.value)}
        />
      </Confirm>
      <Confirm
        opened={dialog === 'apply'}
        title={t('plan.of', { number: run.number })}
        action={t('plan.apply', { count: ready })}
        close={close}
        act={apply}
      >
        {plan !== undefined && <div>{effectSentence(plan.tally, 'ready')}</div>}
        <div className="subtle">{t('plan.applyLead')}</div>
      </Confirm>
      <Confirm
        opened={dialog === 'cancel'}
        title={t(isMoving ? 'run.cancelTitle' : 'plan.cancelTitle')}
        action={t(isMoving ? 'run.cancel' : 'plan.cancel')}
        danger
        close={close}
        act={cancel}
      >
        {t(isMoving ? 'run.cancelLead' : 'plan.cancelLead')}
      </Confirm>
      <Confirm opened={dialog === 'undo'} title={t('run.undo')} action={t('run.undo')} close={close} act={undo}>
        {t('run.undoLead')}
      </Confirm>
    </>
  )
}
