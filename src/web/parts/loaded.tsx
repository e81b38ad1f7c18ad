import { Skeleton } from '@mantine/core'
import type { UseQueryResult } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import { t } from '../words/t.ts'
import { relativeTime } from '../words/times.ts'
import { Failure } from './failure.tsx'
import { Message } from './message.tsx'

export interface LoadedProps<Data> {
  readonly query: UseQueryResult<Data>
  /** Shown in place of `children` where there is nothing. */
  readonly empty?: ReactNode
  readonly isEmpty?: (data: Data) => boolean
  readonly children: (data: Data) => ReactNode
}

/** The states of everything that is asked of the server: loading, refused, failed, empty, stale, there. */
export function Loaded<Data>({ query, empty, isEmpty, children }: LoadedProps<Data>) {
  const { data, error, dataUpdatedAt } = query
  const retry = () => void query.refetch()
  if (data === undefined) return error === null ? <Loading /> : <Failure error={error} retry={retry} />
  return (
    <>
      {error !== null && (
        <Message tone="warning" title={t('state.stale', { when: relativeTime(new Date(dataUpdatedAt).toISOString()) })}>
          <div>{error.message}</div>
        </Message>
      )}
      {isEmpty?.(data) === true ? empty : children(data)}
    </>
  )
}

function Loading() {
  return (
    <div className="stack-tight" role="status" aria-label={t('state.loading')}>
      <Skeleton height={20} width="40%" />
      <Skeleton height={14} />
      <Skeleton height={14} />
      <Skeleton height={14} width="70%" />
    </div>
  )
}
