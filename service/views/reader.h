// What every query starts with: a snapshot of the views, one tenant, and the
// instant that the question is about.
#ifndef SERVICE_VIEWS_READER_H_
#define SERVICE_VIEWS_READER_H_

#include <algorithm>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "journey/storage/v1/views.pb.h"
#include "projections/journey_fold.h"
#include "projections/rules/rules.h"
#include "service/core/clock.h"
#include "service/core/errors.h"
#include "service/core/time.h"
#include "service/log/event_log.h"
#include "service/views/journey_resolver.h"
#include "service/views/known_source.h"
#include "service/views/touchpoint_index.h"
#include "service/views/view_store.h"
#include "service/views/views.h"

namespace journey::views {

// What queries work on. All outlive the query.
struct QueryContext {
  const ViewStore* store = nullptr;
  const log::EventLog* log = nullptr;
  const projections::Rules* rules = nullptr;
  const core::Clock* clock = nullptr;
  StillWanted still_wanted = [] { return absl::OkStatus(); };
};

// A journey folded up to an instant.
struct FoldedJourney {
  projections::JourneyFold fold;
  core::Micros instant = 0;
};

// Serves one query, on one thread.
class Reader final : public ListedSource {
 public:
  // Takes the snapshot. `as_of` and `known_at` are unset where the request does
  // not say. With `known_at`, only single journeys and their deals may be asked
  // for.
  static absl::StatusOr<std::unique_ptr<Reader>> Make(
      const QueryContext& context, absl::string_view tenant_id,
      std::optional<core::Micros> as_of, core::Micros now,
      std::optional<core::Micros> known_at = std::nullopt);

  [[nodiscard]] const Snapshot& snapshot() const { return snapshot_; }
  [[nodiscard]] const projections::Rules& rules() const {
    return *context_.rules;
  }
  [[nodiscard]] const log::EventLog& log() const { return *context_.log; }
  [[nodiscard]] const std::string& tenant_id() const { return tenant_id_; }
  [[nodiscard]] const storage::v1::TenantRecord& tenant() const {
    return tenant_;
  }
  // Positions up to here are part of the answer.
  [[nodiscard]] int64_t log_position() const { return tenant_.head_position(); }
  // Later touchpoints, links and withdrawals are left out.
  [[nodiscard]] bool is_known_then() const { return known_ != nullptr; }
  // What the answer is made from.
  [[nodiscard]] const IndexSource& source() const {
    return known_ == nullptr ? static_cast<const IndexSource&>(*this) : *known_;
  }
  [[nodiscard]] std::optional<core::Micros> as_of() const { return as_of_; }
  // The instant at which links are followed from the subject asked for.
  [[nodiscard]] core::Micros instant() const { return as_of_.value_or(now_); }

  // True when some touchpoint occurred after the instant asked for, so that
  // the newest state does not answer the question.
  [[nodiscard]] bool is_past() const {
    return as_of_.has_value() && *as_of_ < tenant_.newest_occurred_us();
  }

  // The instant for a journey whose newest touchpoint occurred at `newest`.
  [[nodiscard]] core::Micros InstantFor(core::Micros newest) const {
    return as_of_.has_value() ? *as_of_ : std::max(now_, newest);
  }

  // The instant for all journeys, where it is the same one for all: they can
  // differ only while some touchpoint lies in the future.
  [[nodiscard]] std::optional<core::Micros> CommonInstant() const;

  // The journey that a subject belongs to at the instant asked for. Unset for
  // a deal that is not known.
  absl::StatusOr<std::optional<v1::Subject>> JourneyOf(
      const v1::Subject& subject);

  // The journey that a deal belongs to.
  absl::StatusOr<v1::Subject> JourneyOfDeal(
      absl::string_view deal_id, const storage::v1::DealRecord& record);

  [[nodiscard]] JourneyResolver& resolver() { return *resolver_; }

  // The record of a subject; empty when it is not known.
  absl::StatusOr<storage::v1::SubjectRecord> SubjectRecordOf(
      const v1::Subject& subject) const;

  // How many touchpoints were written to a subject.
  absl::StatusOr<int64_t> VersionOf(const v1::Subject& subject) const;

  // The record of a deal; unset when it is not known. With `known_at` without
  // the deal itself.
  absl::StatusOr<std::optional<storage::v1::DealRecord>> DealRecordOf(
      absl::string_view deal_id) const;

  // A journey at the instant asked for, with its open deals, or with all deals
  // where it had to be folded again. Unset when no touchpoint had occurred by
  // then.
  absl::StatusOr<std::optional<FoldedJourney>> Fold(const v1::Subject& journey);

  // A journey folded from its touchpoints that occurred by `until`; without
  // touchpoints where there are none.
  absl::StatusOr<projections::JourneyFold> FoldUntil(const v1::Subject& journey,
                                                     core::Micros until);

  // Where to begin folding a journey again up to an instant: at its newest
  // snapshot before, else without touchpoints.
  absl::StatusOr<projections::JourneyFold> FoldToGoOnFrom(
      const v1::Subject& journey, core::Micros before) const;
  // FoldRows that counts toward the budget and ends with the error of
  // CheckWanted.
  absl::Status FoldOn(
      std::vector<TouchpointRow> rows, const storage::v1::Moment* before,
      projections::JourneyFold& fold,
      absl::FunctionRef<void(const projections::JourneyFold&)> after_each);

  // Calls `visit` with the touchpoints of `rows`, which are by time and
  // position, in canonical order, leaving out those retracted; `pause` after
  // about every kOrderedReadMax.
  absl::Status VisitInOrder(
      std::vector<TouchpointRow> rows,
      absl::FunctionRef<absl::Status(const v1::Touchpoint&)> visit,
      absl::FunctionRef<void()> pause) const;

  // As a source, ends with the error of CheckWanted.
  absl::Status ScanTouchpoints(absl::string_view subject_key, core::Micros from,
                               const RowVisitor& visit) const override;
  absl::Status ScanLists(absl::string_view prefix,
                         const Visitor& visit) const override;
  absl::StatusOr<storage::v1::IdentityState> ReadIdentity(
      absl::string_view tenant_id,
      const core::SubjectRef& subject) const override;

  // To be called for each entry that is looked at: now and then asks whether
  // the answer is still wanted.
  [[nodiscard]] absl::Status CheckWanted() const;

  // Counts touchpoints that are folded again otherwise than by FoldOn.
  void CountRefolded(int64_t touchpoints) { refolded_ += touchpoints; }

  // RESOURCE_EXHAUSTED (QUERY_TOO_LARGE) once more than kRefoldTouchpointsMax
  // were folded again, or kQuerySecondsMax are over.
  [[nodiscard]] absl::Status CheckBudget() const;

 private:
  Reader(const QueryContext& context, absl::string_view tenant_id,
         std::optional<core::Micros> as_of, core::Micros now);

  // A record and where it lies.
  struct LoadedRecord {
    std::string key;
    projections::JourneyFold fold;
    storage::v1::SubjectRecord* record = nullptr;
  };
  // Loads the record of a subject unless it was loaded last.
  absl::StatusOr<LoadedRecord*> LoadRecord(
      const core::SubjectRef& subject) const;

  absl::Status AddOpenDeals(projections::JourneyFold& fold) const;
  absl::Status KnowOnly(core::Micros known_at);

  const QueryContext context_;
  const std::string tenant_id_;
  const std::optional<core::Micros> as_of_;
  core::Micros now_;
  const core::Micros started_at_;
  const Snapshot snapshot_;
  storage::v1::TenantRecord tenant_;
  // Whose journey it is, the journey and its version are asked for in turn.
  mutable std::optional<LoadedRecord> loaded_;
  std::unique_ptr<KnownSource> known_;
  std::unique_ptr<JourneyResolver> resolver_;
  mutable int64_t entries_ = 0;
  int64_t refolded_ = 0;
};

// RESOURCE_EXHAUSTED (QUERY_TOO_LARGE): the answer would `why` the limit's
// value and unit.
[[nodiscard]] absl::Status QueryTooLarge(const core::Limit& limit,
                                         absl::string_view why,
                                         absl::string_view way_out);

// What to answer about a subject without a journey.
[[nodiscard]] absl::Status SubjectNotFound(const v1::Subject& subject);

// The instant in a request's optional field `known_at`.
template <typename Request>
[[nodiscard]] std::optional<core::Micros> KnownAt(const Request& request) {
  if (!request.has_known_at()) return std::nullopt;
  return core::ToMicros(request.known_at());
}

// The instant in a request's optional field `as_of`.
template <typename Request>
[[nodiscard]] std::optional<core::Micros> AsOf(const Request& request) {
  if (!request.has_as_of()) return std::nullopt;
  return core::ToMicros(request.as_of());
}

}  // namespace journey::views

#endif  // SERVICE_VIEWS_READER_H_
