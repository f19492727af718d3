#include "service/views/reader.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "service/core/limits.h"
#include "service/views/index_rows.h"
#include "service/views/journey_snapshots.h"
#include "service/views/keys.h"
#include "service/views/lists.h"

namespace journey::views {
namespace {

// How many entries are looked at between two questions whether the answer is
// still wanted.
constexpr int64_t kEntriesPerQuestion = 64;

constexpr char kAskForLess[] = "ask for a later instant or for single journeys";

}  // namespace

Reader::Reader(const QueryContext& context, absl::string_view tenant_id,
               std::optional<core::Micros> as_of, core::Micros now)
    : context_(context),
      tenant_id_(tenant_id),
      as_of_(as_of),
      now_(now),
      started_at_(context.clock->Now()),
      snapshot_(*context.store) {}

absl::StatusOr<std::unique_ptr<Reader>> Reader::Make(
    const QueryContext& context, absl::string_view tenant_id,
    std::optional<core::Micros> as_of, core::Micros now,
    std::optional<core::Micros> known_at) {
  std::unique_ptr<Reader> reader(new Reader(context, tenant_id, as_of, now));
  const auto found = reader->snapshot_.Get(
      Family::kDefault, TenantKey(tenant_id), reader->tenant_);
  if (!found.ok()) return found.status();
  if (known_at.has_value() && *known_at < now) {
    const absl::Status status = reader->KnowOnly(*known_at);
    if (!status.ok()) return status;
  }
  reader->resolver_ =
      std::make_unique<JourneyResolver>(reader->source(), reader->tenant_id_);
  return reader;
}

absl::Status Reader::KnowOnly(core::Micros known_at) {
  const auto position =
      PositionKnownAt(log(), tenant_id_, tenant_.head_position(), known_at);
  if (!position.ok()) return position.status();
  tenant_.set_head_position(*position);
  now_ = known_at;
  known_ = std::make_unique<KnownSource>(*this, log(), *position);
  return absl::OkStatus();
}

std::optional<core::Micros> Reader::CommonInstant() const {
  if (as_of_.has_value()) return as_of_;
  if (tenant_.newest_occurred_us() <= now_) return now_;
  return std::nullopt;
}

absl::StatusOr<std::optional<v1::Subject>> Reader::JourneyOf(
    const v1::Subject& subject) {
  if (subject.type() != v1::SUBJECT_TYPE_DEAL) {
    return resolver_->JourneyOf(subject, instant());
  }
  const auto record = DealRecordOf(subject.id());
  if (!record.ok()) return record.status();
  if (!record->has_value()) return std::optional<v1::Subject>();
  return JourneyOfDeal(subject.id(), **record);
}

absl::StatusOr<v1::Subject> Reader::JourneyOfDeal(
    absl::string_view deal_id, const storage::v1::DealRecord& record) {
  const Home home = HomeOf(deal_id, record);
  return resolver_->JourneyOf(home.subject, home.instant);
}

absl::StatusOr<storage::v1::SubjectRecord> Reader::SubjectRecordOf(
    const v1::Subject& subject) const {
  storage::v1::SubjectRecord record;
  const auto found =
      snapshot_.Get(Family::kSubjects, SubjectKey(tenant_id_, subject), record);
  if (!found.ok()) return found.status();
  return record;
}

absl::StatusOr<int64_t> Reader::VersionOf(const v1::Subject& subject) const {
  if (!is_known_then()) {
    const auto loaded = LoadRecord(core::RefOf(subject));
    if (!loaded.ok()) return loaded.status();
    return (*loaded)->record->version();
  }
  int64_t version = 0;
  const absl::Status status = known_->ScanTouchpoints(
      SubjectKey(tenant_id_, subject), 0, [&](const TouchpointRow& row) {
        version += static_cast<int64_t>(row.as_given);
        return true;
      });
  if (!status.ok()) return status;
  return version;
}

absl::StatusOr<std::optional<storage::v1::DealRecord>> Reader::DealRecordOf(
    absl::string_view deal_id) const {
  if (is_known_then()) {
    auto home = HomeFromRows({*known_, log(), tenant_id_}, deal_id);
    if (!home.ok()) return home.status();
    return std::optional<storage::v1::DealRecord>(*std::move(home));
  }
  storage::v1::DealRecord record;
  const auto found =
      snapshot_.Get(Family::kDeals, DealKey(tenant_id_, deal_id), record);
  if (!found.ok()) return found.status();
  if (!*found) return std::optional<storage::v1::DealRecord>();
  return std::optional<storage::v1::DealRecord>(std::move(record));
}

absl::StatusOr<std::optional<FoldedJourney>> Reader::Fold(
    const v1::Subject& journey) {
  if (const absl::Status wanted = CheckWanted(); !wanted.ok()) return wanted;
  std::optional<FoldedJourney> none;
  FoldedJourney out{projections::JourneyFold(journey)};
  if (!is_known_then()) {
    const auto loaded = LoadRecord(core::RefOf(journey));
    if (!loaded.ok()) return loaded.status();
    storage::v1::SubjectRecord* record = (*loaded)->record;
    if (!record->has_journey()) return none;
    const core::Micros newest = record->journey().newest().at_us();
    out.instant = InstantFor(newest);
    if (out.instant >= newest) {
      out.fold = std::move((*loaded)->fold);
      out.fold.state().Swap(record->mutable_journey());
      loaded_.reset();
      if (absl::Status status = AddOpenDeals(out.fold); !status.ok()) {
        return status;
      }
      return std::optional<FoldedJourney>(std::move(out));
    }
  }
  auto fold = FoldUntil(journey, as_of_.value_or(core::kNever));
  if (!fold.ok()) return fold.status();
  if (fold->state().touchpoint_count() == 0) return none;
  out.fold = *std::move(fold);
  out.instant = InstantFor(out.fold.state().newest().at_us());
  return std::optional<FoldedJourney>(std::move(out));
}

absl::StatusOr<projections::JourneyFold> Reader::FoldUntil(
    const v1::Subject& journey, core::Micros until) {
  auto fold =
      FoldToGoOnFrom(journey, until == core::kNever ? until : until + 1);
  if (!fold.ok()) return fold.status();
  auto rows = TouchpointsOfJourney(source(), tenant_id_, journey,
                                   fold->state().newest().at_us(), until);
  if (!rows.ok()) return rows.status();
  const absl::Status status =
      FoldOn(*std::move(rows), nullptr, *fold, [](const auto&) {});
  if (!status.ok()) return status;
  return fold;
}

absl::StatusOr<projections::JourneyFold> Reader::FoldToGoOnFrom(
    const v1::Subject& journey, core::Micros before) const {
  if (is_known_then()) return projections::JourneyFold(journey);
  auto fold = NewestSnapshot(snapshot_, tenant_id_, journey, before);
  if (!fold.ok()) return fold.status();
  const absl::Status status = AddOtherDeals(
      snapshot_, tenant_id_, [](const auto&) { return true; }, *fold);
  if (!status.ok()) return status;
  return fold;
}

absl::Status Reader::FoldOn(
    std::vector<TouchpointRow> rows, const storage::v1::Moment* before,
    projections::JourneyFold& fold,
    absl::FunctionRef<void(const projections::JourneyFold&)> after_each) {
  // Folding is the dear part.
  absl::Status wanted = context_.still_wanted();
  if (!wanted.ok()) return wanted;
  refolded_ += static_cast<int64_t>(rows.size());
  return FoldRows(rules(), log(), tenant_id_, std::move(rows), before, fold,
                  [&](const auto&, const projections::JourneyFold& now) {
                    after_each(now);
                    return CheckWanted();
                  });
}

absl::Status Reader::VisitInOrder(
    std::vector<TouchpointRow> rows,
    absl::FunctionRef<absl::Status(const v1::Touchpoint&)> visit,
    absl::FunctionRef<void()> pause) const {
  OrderedReader events(log(), tenant_id_, std::move(rows), 0,
                       /*falling=*/false);
  while (true) {
    const auto chunk = events.Next(kOrderedReadMax);
    if (!chunk.ok()) return chunk.status();
    if (chunk->empty()) return absl::OkStatus();
    for (const PlacedEvent& placed : *chunk) {
      absl::Status status = CheckWanted();
      if (!status.ok()) return status;
      if (IsRetracted(placed.row)) continue;
      status = visit(*placed.event.touchpoint);
      if (!status.ok()) return status;
    }
    pause();
  }
}

absl::StatusOr<Reader::LoadedRecord*> Reader::LoadRecord(
    const core::SubjectRef& subject) const {
  std::string key = SubjectKey(tenant_id_, subject);
  if (loaded_.has_value() && loaded_->key == key) return &*loaded_;
  LoadedRecord loaded{std::move(key),
                      projections::JourneyFold(core::ToSubject(subject))};
  loaded.record =
      google::protobuf::Arena::CreateMessage<storage::v1::SubjectRecord>(
          loaded.fold.arena());
  const auto found =
      snapshot_.Get(Family::kSubjects, loaded.key, *loaded.record);
  if (!found.ok()) return found.status();
  loaded_ = std::move(loaded);
  return &*loaded_;
}

absl::StatusOr<storage::v1::IdentityState> Reader::ReadIdentity(
    absl::string_view /*tenant_id*/, const core::SubjectRef& subject) const {
  const auto loaded = LoadRecord(subject);
  if (!loaded.ok()) return loaded.status();
  return (*loaded)->record->identity();
}

absl::Status Reader::AddOpenDeals(projections::JourneyFold& fold) const {
  for (const auto& open : fold.state().open_deals()) {
    auto* record =
        google::protobuf::Arena::CreateMessage<storage::v1::DealRecord>(
            fold.arena());
    const auto found = snapshot_.Get(
        Family::kDeals, DealKey(tenant_id_, open.deal_id()), *record);
    if (!found.ok()) return found.status();
    if (record->has_deal()) {
      fold.DealOf(open.deal_id()).Swap(record->mutable_deal());
    }
  }
  return absl::OkStatus();
}

absl::Status QueryTooLarge(const core::Limit& limit, absl::string_view why,
                           absl::string_view way_out) {
  return core::MakeError(
      absl::StatusCode::kResourceExhausted, v1::ERROR_REASON_QUERY_TOO_LARGE,
      absl::StrCat("the answer would ", why, " ", limit.value, " ", limit.unit,
                   "; ", way_out),
      core::MetadataOf(limit));
}

absl::Status SubjectNotFound(const v1::Subject& subject) {
  return core::MakeError(
      absl::StatusCode::kNotFound, v1::ERROR_REASON_SUBJECT_NOT_FOUND,
      absl::StrCat(core::SubjectTypeName(subject.type()), " ", subject.id(),
                   " has no journey by the instant asked for"));
}

absl::Status Reader::ScanTouchpoints(absl::string_view subject_key,
                                     core::Micros from,
                                     const RowVisitor& visit) const {
  absl::Status wanted;
  const absl::Status status = snapshot_.ScanTouchpoints(
      subject_key, from, [&](const TouchpointRow& row) {
        wanted = CheckWanted();
        return wanted.ok() && visit(row);
      });
  return wanted.ok() ? status : wanted;
}

absl::Status Reader::ScanLists(absl::string_view prefix,
                               const Visitor& visit) const {
  absl::Status wanted;
  const absl::Status status = snapshot_.ScanLists(
      prefix, [&](absl::string_view suffix, absl::string_view value) {
        wanted = CheckWanted();
        return wanted.ok() && visit(suffix, value);
      });
  return wanted.ok() ? status : wanted;
}

absl::Status Reader::CheckWanted() const {
  if (++entries_ % kEntriesPerQuestion != 0) return absl::OkStatus();
  return context_.still_wanted();
}

absl::Status Reader::CheckBudget() const {
  if (refolded_ > core::kRefoldTouchpointsMax) {
    return QueryTooLarge(
        {"refold_touchpoints_max", core::kRefoldTouchpointsMax, "touchpoints"},
        "fold again more than", kAskForLess);
  }
  const core::Micros taken = context_.clock->Now() - started_at_;
  if (taken > core::kQuerySecondsMax * core::kMicrosPerSecond) {
    return QueryTooLarge(
        {"query_seconds_max", core::kQuerySecondsMax, "seconds"},
        "take more than", kAskForLess);
  }
  return absl::OkStatus();
}

}  // namespace journey::views
