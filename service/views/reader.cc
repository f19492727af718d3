#include "service/views/reader.h"

#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "service/core/errors.h"
#include "service/core/limits.h"
#include "service/views/keys.h"
#include "service/views/lists.h"

namespace journey::views {

Reader::Reader(const QueryContext& context, absl::string_view tenant_id,
               std::optional<core::Micros> as_of, core::Micros now)
    : context_(context),
      tenant_id_(tenant_id),
      as_of_(as_of),
      now_(now),
      snapshot_(*context.store) {}

absl::StatusOr<std::unique_ptr<Reader>> Reader::Make(
    const QueryContext& context, absl::string_view tenant_id,
    std::optional<core::Micros> as_of, core::Micros now) {
  std::unique_ptr<Reader> reader(new Reader(context, tenant_id, as_of, now));
  const auto found = reader->snapshot_.Get(
      Family::kDefault, TenantKey(tenant_id), reader->tenant_);
  if (!found.ok()) return found.status();
  return reader;
}

std::optional<core::Micros> Reader::CommonInstant() const {
  if (as_of_.has_value()) return as_of_;
  if (tenant_.newest_occurred_us() <= now_) return now_;
  return std::nullopt;
}

absl::StatusOr<std::optional<v1::Subject>> Reader::JourneyOf(
    const v1::Subject& subject) const {
  if (subject.type() != v1::SUBJECT_TYPE_DEAL) {
    return std::optional<v1::Subject>(subject);
  }
  const auto record = DealRecordOf(subject.id());
  if (!record.ok()) return record.status();
  if (!record->has_value()) return std::optional<v1::Subject>();
  return std::optional<v1::Subject>(HomeOf(subject.id(), **record));
}

absl::StatusOr<storage::v1::SubjectRecord> Reader::SubjectRecordOf(
    const v1::Subject& subject) const {
  storage::v1::SubjectRecord record;
  const auto found =
      snapshot_.Get(Family::kSubjects, SubjectKey(tenant_id_, subject), record);
  if (!found.ok()) return found.status();
  return record;
}

absl::StatusOr<std::optional<storage::v1::DealRecord>> Reader::DealRecordOf(
    absl::string_view deal_id) const {
  storage::v1::DealRecord record;
  const auto found =
      snapshot_.Get(Family::kDeals, DealKey(tenant_id_, deal_id), record);
  if (!found.ok()) return found.status();
  if (!*found) return std::optional<storage::v1::DealRecord>();
  return std::optional<storage::v1::DealRecord>(std::move(record));
}

absl::StatusOr<std::optional<FoldedJourney>> Reader::Fold(
    const v1::Subject& journey, storage::v1::SubjectRecord record) {
  std::optional<FoldedJourney> out;
  if (!record.has_journey()) return out;
  const core::Micros newest = record.journey().newest().at_us();
  const core::Micros instant = InstantFor(newest);
  if (instant >= newest) {
    out.emplace(FoldedJourney{projections::JourneyFold(journey), instant});
    out->fold.state() = std::move(*record.mutable_journey());
    for (const auto& open : out->fold.state().open_deals()) {
      auto deal = DealRecordOf(open.deal_id());
      if (!deal.ok()) return deal.status();
      if (deal->has_value() && (*deal)->has_deal()) {
        out->fold.DealOf(open.deal_id()) = std::move(*(*deal)->mutable_deal());
      }
    }
    return out;
  }
  auto rows = TouchpointsOfJourney(snapshot_, tenant_id_, journey, instant);
  if (!rows.ok()) return rows.status();
  refolded_ += static_cast<int64_t>(rows->size());
  auto fold = Refold(rules(), log(), tenant_id_, journey, *std::move(rows));
  if (!fold.ok()) return fold.status();
  if (fold->state().touchpoint_count() == 0) return out;
  out.emplace(FoldedJourney{*std::move(fold), instant});
  return out;
}

absl::Status Reader::CheckBudget() const {
  if (refolded_ <= core::kRefoldTouchpointsMax) return absl::OkStatus();
  return core::MakeError(
      absl::StatusCode::kResourceExhausted, v1::ERROR_REASON_QUERY_TOO_LARGE,
      absl::StrCat("the answer for this past instant would fold more than ",
                   core::kRefoldTouchpointsMax,
                   " touchpoints again; ask for a later instant or for single "
                   "journeys"),
      {{"limit", absl::StrCat(core::kRefoldTouchpointsMax)},
       {"unit", "touchpoints"}});
}

}  // namespace journey::views
