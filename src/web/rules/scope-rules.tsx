import { Button, TextInput } from '@mantine/core'
import { t } from '../words/t.ts'
import { type Path, valueAt } from './document.ts'
import { LinesInput } from './fields.tsx'
import { replaced, without } from './row-actions.tsx'
import { useRules } from './rules.tsx'

/** Conditions of which one is enough: an attribute with one of some values, or membership in one of some groups. */
export function ScopeRules({
  path,
  title,
  none,
}: {
  readonly path: Path
  readonly title: string
  readonly none: string
}) {
  const { document, set, problemAt } = useRules()
  const written = valueAt(document, path)
  const conditions: readonly unknown[] = Array.isArray(written) ? written : []
  const change = (list: readonly unknown[]) => set(path, list.length === 0 ? undefined : list)
  return (
    <fieldset className="stack-tight plain-set">
      <legend>{title}</legend>
      {conditions.length === 0 && <div className="subtle">{none}</div>}
      {conditions.map((condition, index) => {
        const attribute = valueAt(condition, ['attribute'])
        const memberOf = valueAt(condition, ['memberOf'])
        const values = memberOf ?? valueAt(condition, ['in'])
        const put = (list: readonly unknown[] = []) =>
          change(replaced(conditions, index, memberOf === undefined ? { attribute, in: list } : { memberOf: list }))
        const problem = problemAt([...path, index], true)
        return (
          // biome-ignore lint/suspicious/noArrayIndexKey: conditions have no name of their own and are only edited in place
          <div key={index} className="card stack-tight">
            {memberOf === undefined && (
              <TextInput
                label={t('rules.attribute')}
                list="source-attributes"
                value={String(attribute ?? '')}
                onChange={(event) =>
                  change(replaced(conditions, index, { attribute: event.currentTarget.value, in: values ?? [] }))
                }
              />
            )}
            <LinesInput
              patterns
              label={t(memberOf === undefined ? 'rules.oneOf' : 'rules.memberOf')}
              description={t('rules.patternHelp')}
              value={Array.isArray(values) ? values : []}
              change={put}
            />
            {problem !== undefined && <div className="tone-remove small">{problem}</div>}
            <div>
              <Button
                variant="subtle"
                color="gray"
                size="xs"
                aria-label={`${t('action.delete')}: ${title} ${index + 1}`}
                onClick={() => change(without(conditions, index))}
              >
                {t('action.delete')}
              </Button>
            </div>
          </div>
        )
      })}
      <div className="row">
        <Button variant="default" size="xs" onClick={() => change([...conditions, { memberOf: [] }])}>
          {t('rules.addMemberOf')}
        </Button>
        <Button variant="default" size="xs" onClick={() => change([...conditions, { attribute: '', in: [] }])}>
          {t('rules.addAttribute')}
        </Button>
      </div>
    </fieldset>
  )
}
