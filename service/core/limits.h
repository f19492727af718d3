// The bounds of requests and of the running service, with the unit in the name.
// Over a bound comes INVALID_ARGUMENT (a single request is too large) or
// RESOURCE_EXHAUSTED (too much at once), and nothing is half done.
#ifndef SERVICE_CORE_LIMITS_H_
#define SERVICE_CORE_LIMITS_H_

#include <cstddef>
#include <cstdint>

namespace journey::core {

// Identifiers.
inline constexpr size_t kTenantIdBytesMax = 63;
inline constexpr size_t kSourceBytesMax = 128;
inline constexpr size_t kIdBytesMax = 256;

// Free texts.
inline constexpr size_t kLabelBytesMax = 128;
inline constexpr size_t kNameBytesMax = 512;
inline constexpr size_t kReasonBytesMax = 1024;
inline constexpr size_t kUrlBytesMax = 2048;
inline constexpr size_t kCommentBytesMax = 4096;

// Parts of a touchpoint.
inline constexpr int kLinksMax = 32;
inline constexpr int kAttributeKeysMax = 64;
inline constexpr int kAttributeDepthMax = 8;
inline constexpr size_t kAttributeBytesMax = size_t{16} * 1024;
inline constexpr int kDealProductsMax = 100;
inline constexpr int kDealContactsMax = 100;
inline constexpr int kInvoiceProductsMax = 1000;
inline constexpr size_t kTouchpointBytesMax = size_t{64} * 1024;

// Times: occurred_at lies between 1970 and so far after the server's clock.
inline constexpr int64_t kFutureToleranceMicros = int64_t{24} * 3600 * 1000000;
// No other instant of a touchpoint lies after the year 9999.
inline constexpr int64_t kInstantMicrosMax = 253402300799999999;

// Identity (identity_service.proto): how many visitors one contact, and how
// many contacts and visitors one account may have; how many accounts may be
// merged into one. A contact or visitor that belonged to so many in turn is a
// device that everybody uses, and belongs to nobody.
inline constexpr int kContactLinkedMax = 1'000;
inline constexpr int kAccountLinkedMax = 10'000;
inline constexpr int kMergedAccountsMax = 1'001;
inline constexpr int kSharedLinksMin = 1'001;

// Requests.
inline constexpr int kBatchTouchpointsMax = 1000;
inline constexpr size_t kBatchBytesMax = size_t{4} * 1024 * 1024;
inline constexpr int kExpectedVersionsMax = 100;
inline constexpr int kFilterValuesMax = 32;
inline constexpr int kPageSizeDefault = 100;
inline constexpr int kPageSizeMax = 1000;
inline constexpr int kBatchGetMax = 100;
// By default clients take messages of 4 MiB.
inline constexpr int64_t kBatchGetBytesMax = int64_t{3} * 1024 * 1024;
inline constexpr int kBoardDealsPerColumnMax = 100;
inline constexpr size_t kPageTokenBytesMax = 4096;
// Field violations reported for one request.
inline constexpr int kViolationsMax = 1000;

// Rule sets.
inline constexpr size_t kRuleSetTextBytesMax = size_t{1} * 1024 * 1024;
// Aliases can make a short text stand for a long one.
inline constexpr int kRuleSetValuesMax = 100'000;
inline constexpr size_t kRuleIdBytesMax = 63;
inline constexpr int kPipelinesMax = 20;
inline constexpr int kPipelineStagesMax = 50;
inline constexpr int kPurchaseHoldDaysMax = 365;
inline constexpr int kRuleDaysMax = 3650;
inline constexpr int kRulePushesMax = 100;
inline constexpr int kScoreGroupsMax = 20;
// Conditions of behaviour, and of fit.
inline constexpr int kScoreConditionsMax = 100;
inline constexpr int kConditionAttributesMax = 10;
inline constexpr int kConditionValuesMax = 1000;
inline constexpr int kConditionPointsMax = 1000;
inline constexpr int kGroupPointsMax = 100'000;
inline constexpr int kMqlThresholdPointsMax = 1'000'000;
inline constexpr int kHolidaysMax = 5000;
inline constexpr int kUntrustedSourcesMax = 1000;
inline constexpr int kStageTextsMax = 20;
inline constexpr int kPlanActivitiesMax = 50;
inline constexpr int kPlanPointsMax = 1000;
inline constexpr int kExpectedHoursMax = 87'600;
inline constexpr int kRuleMonthsMax = 120;
inline constexpr int kRuleCountMax = 100;
inline constexpr int kRuleDeviationsMax = 10;
inline constexpr int kSlowStageFactorMax = 100;
// Touchpoints that a condition with a rolling window counts.
inline constexpr int kRollingCountMax = 100;

// gRPC. A message holds a batch with room for its frame.
inline constexpr int kMessageBytesMax = 5 * 1024 * 1024;
// Messages are judged by the handlers, which name what is too large; gRPC
// itself only guards against the absurd.
inline constexpr int kTransportMessageBytesMax = 4 * kMessageBytesMax;
inline constexpr int kMetadataBytesMax = 16 * 1024;
inline constexpr int kStreamsPerConnectionMax = 1024;
inline constexpr int kPingIntervalMillisMin = 10'000;
// The server pings a quiet connection so often, and closes one that does not
// answer for so long.
inline constexpr int kKeepaliveMillis = 60'000;
inline constexpr int kKeepaliveTimeoutMillis = 20'000;
// Batches of one AppendStream that are under way at once.
inline constexpr int kStreamBatchesInFlightMax = 16;
// Calls of AppendStream at once over all connections.
inline constexpr int kAppendStreamsMax = 1000;
// Subscriptions and reads at once over all connections.
inline constexpr int kReadStreamsMax = 1000;
// Events and bytes in one message of Read or Subscribe.
inline constexpr int kReadMessageEventsMax = 500;
inline constexpr size_t kReadMessageBytesMax = size_t{1} * 1024 * 1024;
// Events that Read fetches by position at once, and pages that one task of a
// stream looks at before others have their turn.
inline constexpr int kReadPositionsPage = 100;
inline constexpr int kReadPagesPerTask = 16;
// A reader that takes nothing for so long is ended; one that does not even take
// that, so much later, is cut off.
inline constexpr int kSlowReaderSeconds = 60;
inline constexpr int kSlowReaderGraceSeconds = 60;
// How long an AppendStream waits before it tries a full queue again.
inline constexpr int kStreamRetryMillis = 2;

// The append pipeline.
inline constexpr int kQueueAppendsMax = 8192;
inline constexpr size_t kQueueBytesMax = size_t{64} * 1024 * 1024;
inline constexpr int kGroupEventsMax = 4096;
inline constexpr size_t kGroupBytesMax = size_t{8} * 1024 * 1024;
// Commit groups that are durable or being written and not yet in the views.
inline constexpr int kGroupsInFlightMax = 4;

// Signals. What was due so long before it could be known is not announced.
inline constexpr int kHistoricalDays = 7;
// Journeys and deals whose timers are looked at in one go, events from which on
// a go looks at no further one, and events that are added to a signal log at
// once.
inline constexpr int kDueHomesMax = 2000;
inline constexpr int kDueEventsMax = 10'000;
inline constexpr int kSignalBatchMax = 1000;
// What people do about signals and is not taken down yet, and how much of it is
// taken down before timers are looked at again.
inline constexpr int kSignalActionsQueuedMax = 1000;
inline constexpr int kSignalActionsPerGoMax = 50;

// State and work.
inline constexpr int64_t kSubjectTouchpointsMax = 1'000'000;
inline constexpr int kStageVisitsMax = 100;
inline constexpr int kDealStageVisitsMax = 50;
inline constexpr int kOpenOffersMax = 100;
inline constexpr int kCausesMax = 100;
// Sales of a journey, and invoices of a sale, that can still be undone; older
// sales are only counted, further invoices of a sale are not looked at. A sale
// is known by so many ids of deals, contracts, renewals and invoices.
inline constexpr int kSalesMax = 1000;
inline constexpr int kSaleInvoicesMax = 1000;
inline constexpr int kSaleKeysMax = 2000;
inline constexpr int kPushMomentsMax = 100;
// Open deals of one journey that its state names: they are those that a
// touchpoint without a deal counts for.
inline constexpr int kOpenDealsMax = 1000;
// Open deals that an answer shows with its journey.
inline constexpr int kShownOpenDealsMax = 100;
inline constexpr size_t kShownOpenDealsBytesMax = size_t{1} * 1024 * 1024;
// Of one journey: invoices that are not paid, tickets, complaints, tasks,
// negative touchpoints and answers to surveys that are remembered; of one deal:
// planned follow-ups.
inline constexpr int kOpenInvoicesMax = 1000;
inline constexpr int kJourneyTicketsMax = 1000;
inline constexpr int kComplaintsMax = 100;
inline constexpr int kPlannedTasksMax = 1000;
inline constexpr int kNegativeMomentsMax = 20;
inline constexpr int kNpsAnswersMax = 100;
inline constexpr int kFollowUpsMax = 100;
// What profiles say about one journey's account or contact.
inline constexpr int kProfileAttributesMax = 64;
// Kept with a journey to show why it scores; an explanation recomputes all.
inline constexpr int kScoreCausesMax = 10;
// Listed in an explanation; of others it says how many there are.
inline constexpr size_t kScoreContributionsMax = 1000;
inline constexpr int kExplainedStallsMax = 100;
// Heavy queries (lists, boards, timelines) waiting for a worker.
inline constexpr int kQueriesQueuedMax = 256;
// Index entries one page of a list may look at before it is cut short.
inline constexpr int kListEntriesScannedMax = 20'000;
// Touchpoints that one request may fold again for a past instant.
inline constexpr int64_t kRefoldTouchpointsMax = 5'000'000;
// Changes that DiffJourney tells.
inline constexpr int kDiffChangesMax = 1000;
// How long one query may run before its page is cut short, or it is refused.
inline constexpr int kQuerySecondsMax = 30;

// Files of a column family of the views at level 0 from which compaction is
// behind, and writing waits: as many as let RocksDB slow down writes of its
// own.
inline constexpr int kLevel0FilesMax = 20;

// Metrics: sources that have a series of their own.
inline constexpr int kMetricSourcesMax = 100;

// Disk: appends are refused below so much free space.
inline constexpr uint64_t kFreeSpaceBytesMin = uint64_t{256} * 1024 * 1024;

// Stopping: in-flight work has so long, and connections so much longer once
// their calls have ended; then the process ends by itself.
inline constexpr int kDrainSeconds = 10;
inline constexpr int kGoodbyeSeconds = 1;
inline constexpr int kWatchdogSeconds = 20;
inline constexpr int kHeartbeatSecondsDefault = 10;

}  // namespace journey::core

#endif  // SERVICE_CORE_LIMITS_H_
