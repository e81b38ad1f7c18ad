import { Button } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import { useEffect, useRef, useState } from 'react'
import '../look/plan.css'
import { Page } from '../parts/page.tsx'
import { ModeAt } from '../rules/general-rules.tsx'
import { GroupRules } from '../rules/group-rules.tsx'
import { MappingEditor } from '../rules/mapping-editor.tsx'
import { PeopleRules } from '../rules/people-rules.tsx'
import { ProblemList } from '../rules/problem-list.tsx'
import { RulesProvider } from '../rules/rules.tsx'
import { SafetyRules } from '../rules/safety-rules.tsx'
import { ScheduleRules } from '../rules/schedule-rules.tsx'
import { t } from '../words/t.ts'
import type { Draft } from './draft.ts'
import { keepDraft, keptDraft } from './draft-store.ts'
import { EndStep } from './end-step.tsx'
import { PreviewStep } from './preview-step.tsx'

const steps = ['source', 'target', 'people', 'attributes', 'groups', 'safety', 'preview'] as const

/** A new connection in seven steps; going back is always safe. */
export function WizardPage() {
  const [draft, setDraft] = useState(keptDraft)
  const [at, setAt] = useState(0)
  const content = useRef<HTMLElement>(null)
  const [moves, setMoves] = useState(0)
  const [proven, setProven] = useState<Readonly<Record<string, boolean>>>({})
  const step = steps[at] ?? 'source'
  const change = (part: Partial<Draft>) => {
    const after = { ...draft, ...part }
    setDraft(after)
    keepDraft(after)
  }
  const go = (index: number) => {
    setAt(index)
    setMoves(moves + 1)
  }
  // Whoever goes on by keyboard goes on in the step that opened.
  useEffect(() => {
    if (moves === 0) return
    window.scrollTo(0, 0)
    content.current?.focus({ preventScroll: true })
  }, [moves])
  const chosen = step === 'source' || step === 'target' ? String(draft.document[step]) : undefined
  const setDocument = (document: Draft['document']) => change({ document })
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
                <button type="button" className="change-open" onClick={() => go(index)}>
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
      <section ref={content} tabIndex={-1} className="stack" aria-label={t(`wizard.step.${step}`)}>
        {step === 'source' || step === 'target' ? (
          <EndStep
            key={step}
            noun={step === 'source' ? 'sources' : 'targets'}
            chosen={chosen ?? ''}
            choose={(key) => change({ document: { ...draft.document, [step]: key } })}
            passed={prove}
          />
        ) : (
          <RulesProvider connection={undefined} document={draft.document} change={setDocument}>
            {step === 'people' && <PeopleRules />}
            {step === 'attributes' && <MappingEditor />}
            {step === 'groups' && <GroupRules />}
            {step === 'safety' && (
              <div className="stack">
                <div className="form">
                  <ModeAt />
                </div>
                <ScheduleRules />
                <SafetyRules />
              </div>
            )}
            {step === 'preview' && <PreviewStep draft={draft} rename={(key) => change({ key })} />}
            <ProblemList />
          </RulesProvider>
        )}
      </section>
      <div className="row">
        {at > 0 && (
          <Button variant="default" onClick={() => go(at - 1)}>
            {t('wizard.back')}
          </Button>
        )}
        {step !== 'preview' && (
          <Button disabled={!mayGo} onClick={() => go(at + 1)}>
            {t('wizard.next')}
          </Button>
        )}
        <span className="subtle">{t(mayGo ? 'wizard.draft' : 'wizard.checkFirst')}</span>
      </div>
    </Page>
  )
}
