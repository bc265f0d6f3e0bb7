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
export type Tag = Schemas['Tag'];
export type Contract = Schemas['Contract'];
export type AlarmLimit = Schemas['AlarmLimit'];
export type Action = Schemas['Action'];
export type ResourceKind = Schemas['ResourceKind'];
export type ResourceKey = Schemas['ResourceKey'];
export type ResourceItem = Schemas['ResourceItem'];
export type Resource = Schemas['Resource'];
export type ResourceProblem = Schemas['ResourceProblem'];
export type FileText = Schemas['FileText'];
export type Plan = Schemas['Plan'];
export type Change = Schemas['Change'];
export type Effect = Schemas['Effect'];
export type Difference = Schemas['Difference'];
export type Applied = Schemas['Applied'];
export type Drift = Schemas['Drift'];
export type Revision = Schemas['Revision'];
export type ThingModelItem = Schemas['ThingModelItem'];
export type Candidate = Schemas['Candidate'];
export type BrowsedNode = Schemas['BrowsedNode'];
export type BrowseAnswer = Schemas['BrowseAnswer'];
export type BrowseRequest = Schemas['BrowseRequest'];
export type Proposal = Schemas['Proposal'];
export type ProposalRequest = Schemas['ProposalRequest'];
export type TagImport = Schemas['TagImport'];
export type QualityLevel = Schemas['QualityLevel'];
export type QualityScore = Schemas['QualityScore'];
export type QualityScores = Schemas['QualityScores'];
export type QualityProblem = Schemas['QualityProblem'];
export type Correction = Schemas['Correction'];
export type CorrectionRequest = Schemas['CorrectionRequest'];
export type FilterReport = Schemas['FilterReport'];
export type SqlAnswer = Schemas['SqlAnswer'];
export type SqlTable = Schemas['SqlTable'];
export type Json = Schemas['Json'];

/** One page of a list; `next` is the cursor of the following one. */
export interface Page<T> {
  items: T[];
  next: string | null;
}
