// The nouns of the REST contract, by the names the pages use. Generated from api/openapi.yaml.
import type { components } from './schema';

type Schemas = components['schemas'];

export type Quality = Schemas['Quality'];
export type Reason = Schemas['Reason'];
export type ErrorCode = Schemas['ErrorCode'];
export type Value = Schemas['Value'];
export type ValueType = Schemas['ValueType'];
export type CurrentValue = Schemas['CurrentValue'];
export type LiveValue = Schemas['LiveValue'];
export type LiveHello = Schemas['LiveHello'];
export type LiveEnd = Schemas['LiveEnd'];
export type Thing = Schemas['Thing'];
export type ThingDetail = Schemas['ThingDetail'];
export type Property = Schemas['Property'];
export type Source = Schemas['Source'];
export type Site = Schemas['Site'];
export type PlaceCounts = Schemas['PlaceCounts'];
export type Series = Schemas['Series'];
export type Edge = Schemas['Edge'];
export type Loss = Schemas['Loss'];
export type PlantEvent = Schemas['Event'];
export type History = Schemas['History'];
export type HistoryAnswer = Schemas['HistoryAnswer'];
export type HistoryQuery = Schemas['HistoryQuery'];
export type Aggregate = Schemas['Aggregate'];
export type Problem = Schemas['Problem'];
export type Me = Schemas['Me'];
export type Session = Schemas['Session'];
export type Role = Schemas['Role'];
export type Token = Schemas['Token'];
export type NewToken = Schemas['NewToken'];
export type TokenRequest = Schemas['TokenRequest'];
export type System = Schemas['System'];
export type Backup = Schemas['Backup'];
export type Import = Schemas['Import'];

/** One page of a list; `next` is the cursor of the following one. */
export interface Page<T> {
  items: T[];
  next: string | null;
}
