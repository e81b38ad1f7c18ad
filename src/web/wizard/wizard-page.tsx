import { Button } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import '../look/plan.css'
import { Page } from '../parts/page.tsx'
import { t } from '../words/t.ts'
import type { Draft } from './draft.ts'
import { keepDraft, keptDraft } from './draft-store.ts'
import { EndStep } from './end-step.tsx'
import { GroupsStep } from './groups-step.tsx'
import { PeopleStep } from './people-step.tsx'
import { PreviewStep } from './preview-step.tsx'
import { SafetyStep } from './safety-step.tsx'

const steps = ['source', 'target', 'people', 'groups', 'safety', 'preview'] as const

/** A new connection in six steps; going back is always safe. */
export function WizardPage() {
  const [draft, setDraft] = useState(keptDraft)
  const [at, setAt] = useState(0)
  const [proven, setProven] = useState<Readonly<Record<string, boolean>>>({})
  const step = steps[at] ?? 'source'
  const change = (part: Partial<Draft>) => {
    const after = { ...draft, ...part }
    setDraft(after)
    keepDraft(after)
  }
  const chosen = step === 'source' ? draft.source : step === 'target' ? draft.target : undefined
  const mayGo = chosen === undefined || (chosen !== '' && proven[`${step}:${chosen}`] === true)
  const prove = (key: string, ok: boolean) => setProven((before) => ({ ...before, [`${step}:${key}`]: ok }))
  return (
    <Page
      title={t('wizard.title')}
      lead={t('wizard.lead')}
      crumbs={[
        <Link key="all" to="/connections">
          {t('nav.connections')}
        </Link>,
      ]}
    >
      <nav aria-label={t('wizard.steps')}>
        <ol className="phases">
          {steps.map((each, index) => (
            <li
              key={each}
              data-state={index < at ? 'done' : index === at ? 'now' : 'open'}
              aria-current={index === at ? 'step' : undefined}
            >
              {index < at ? (
                <button type="button" className="change-open" onClick={() => setAt(index)}>
                  {index + 1}. {t(`wizard.step.${each}`)}
                </button>
              ) : (
                <span>
                  {index + 1}. {t(`wizard.step.${each}`)}
                </span>
              )}
            </li>
          ))}
        </ol>
      </nav>
      {(step === 'source' || step === 'target') && (
        <EndStep
          key={step}
          noun={step === 'source' ? 'sources' : 'targets'}
          chosen={draft[step]}
          choose={(key) => change({ [step]: key })}
          passed={prove}
        />
      )}
      {step === 'people' && <PeopleStep draft={draft} change={change} />}
      {step === 'groups' && <GroupsStep draft={draft} change={change} />}
      {step === 'safety' && <SafetyStep draft={draft} change={change} />}
      {step === 'preview' && <PreviewStep draft={draft} change={change} />}
      <div className="row">
        {at > 0 && (
          <Button variant="default" onClick={() => setAt(at - 1)}>
            {t('wizard.back')}
          </Button>
        )}
        {step !== 'preview' && (
          <Button disabled={!mayGo} onClick={() => setAt(at + 1)}>
            {t('wizard.next')}
          </Button>
        )}
        <span className="subtle">{t(mayGo ? 'wizard.draft' : 'wizard.checkFirst')}</span>
      </div>
    </Page>
  )
}
