import { Radio } from '@mantine/core'
import { type Ownership, ownerships } from '../../domain/connection.ts'
import { t } from '../words/t.ts'
import { pictureOf } from './ownership-picture.ts'
import { useRules } from './rules.tsx'

/** Four ways to rule groups, and what the chosen one would do in an example: before and after, name by name. */
export function OwnershipCards() {
  const { read, set, problemAt } = useRules()
  const path = ['groups', 'ownership']
  const chosen = ownerships.find((each) => each === read(path)) ?? 'own'
  const problem = problemAt(path)
  return (
    <div className="columns">
      <Radio.Group
        label={t('wizard.ownership')}
        value={chosen}
        onChange={(value) => set(path, value)}
        {...(problem === undefined ? {} : { error: problem })}
      >
        <div className="stack-tight" style={{ marginTop: 8 }}>
          {(['add-only', 'own', 'mapped', 'all'] as const).map((ownership) => (
            <Radio key={ownership} value={ownership} label={t(`wizard.ownership.${ownership}`)} />
          ))}
        </div>
      </Radio.Group>
      <Picture ownership={chosen} />
    </div>
  )
}

function Picture({ ownership }: { readonly ownership: Ownership }) {
  return (
    <section className="card stack-tight" aria-live="polite">
      <strong>{t('rules.picture')}</strong>
      <div className="subtle small">{t('rules.pictureLead')}</div>
      <div className="columns">
        {pictureOf(ownership).map(({ name, isMapped, members }) => (
          <div key={name}>
            <strong>{name}</strong>{' '}
            <span className="subtle small">{t(isMapped ? 'rules.pictureMapped' : 'rules.pictureNotMapped')}</span>
            <ul className="list">
              {members.map((member) => (
                <li key={member.name} className={fateTones[member.fate]}>
                  <span aria-hidden="true">{marks[member.fate]}</span>{' '}
                  {member.fate === 'removed' ? <del>{member.name}</del> : member.name}{' '}
                  <span className="small">{t(`rules.fate.${member.fate}`)}</span>{' '}
                  <span className="subtle small">{t(`rules.by.${member.by}`)}</span>
                </li>
              ))}
            </ul>
          </div>
        ))}
      </div>
    </section>
  )
}

const marks = { stays: '=', added: '+', removed: '−' } as const
const fateTones = { stays: '', added: 'tone-create', removed: 'tone-remove' } as const
