#include "service/views/diff_queries.h"

#include <deque>
#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "projections/changes.h"
#include "projections/conclude.h"
#include "service/core/errors.h"
#include "service/core/identity.h"
#include "service/core/limits.h"
#include "service/core/time.h"

namespace journey::views {
namespace {

// Adds what changed between two instants; `fold` stands at the first.
absl::Status AddChanges(const Reader& reader, const v1::Subject& journey,
                        core::Micros from, core::Micros to,
                        projections::JourneyFold fold,
                        v1::DiffJourneyResponse& response) {
  auto rows = TouchpointsOfJourney(reader.source(), reader.tenant_id(), journey,
                                   from + 1, to);
  if (!rows.ok()) return rows.status();
  std::deque<v1::JourneyChange> newest;
  int64_t changes = 0;
  const auto tell = [&](v1::JourneyChange change) {
    if (newest.size() == core::kDiffChangesMax) newest.pop_front();
    newest.push_back(std::move(change));
    ++changes;
  };
  projections::ChangeFinder finder(reader.rules(), std::move(fold), from,
                                   [&] { return reader.CheckWanted(); });
  int64_t touchpoints = 0;
  absl::Status status = reader.VisitInOrder(
      *std::move(rows),
      [&](const v1::Touchpoint& touchpoint) {
        if (core::IsIdentityKind(touchpoint)) return absl::OkStatus();
        ++touchpoints;
        return finder.Apply(touchpoint, tell);
      },
      [&] { finder.Compact(); });
  if (status.ok()) status = finder.AdvanceTo(to, tell);
  if (!status.ok()) return status;
  response.set_changes_left_out(changes - static_cast<int64_t>(newest.size()));
  for (v1::JourneyChange& change : newest) {
    *response.add_changes() = std::move(change);
  }
  response.set_touchpoint_count(touchpoints);
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<v1::DiffJourneyResponse> DiffJourney(
    const QueryContext& context, const v1::DiffJourneyRequest& request) {
  std::optional<core::Micros> until;
  if (request.has_to()) until = core::ToMicros(request.to());
  const core::Micros from = core::ToMicros(request.from());
  const auto reader = Reader::Make(context, request.tenant_id(), until,
                                   context.clock->Now(), KnownAt(request));
  if (!reader.ok()) return reader.status();
  const auto journey = (*reader)->JourneyOf(request.subject());
  if (!journey.ok()) return journey.status();
  if (!journey->has_value()) return SubjectNotFound(request.subject());
  const auto after = (*reader)->Fold(**journey);
  if (!after.ok()) return after.status();
  if (!after->has_value()) return SubjectNotFound(request.subject());
  const core::Micros to = (*after)->instant;
  if (from > to) {
    core::Violations violations;
    violations.Add("from",
                   absl::StrCat("is later than ", core::FormatInstant(to),
                                ", the instant compared with; set an earlier "
                                "one"));
    return violations.ToStatus();
  }
  v1::DiffJourneyResponse response;
  *response.mutable_after() =
      projections::ConcludeJourney((*reader)->rules(), (*after)->fold, to);
  auto before = (*reader)->FoldUntil(**journey, from);
  if (!before.ok()) return before.status();
  if (before->state().touchpoint_count() > 0) {
    *response.mutable_before() =
        projections::ConcludeJourney((*reader)->rules(), *before, from);
  }
  const absl::Status status =
      AddChanges(**reader, **journey, from, to, *std::move(before), response);
  if (!status.ok()) return status;
  response.set_log_position((*reader)->log_position());
  return response;
}

}  // namespace journey::views
